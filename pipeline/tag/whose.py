"""Whose grade it is: one body or several, told from comparisons and from vague numbers."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.models import Mention
from pipeline.tag.grades import Graded
from pipeline.tag.peers import all_of_them
from pipeline.tag.reading import Reading, Sentence, as_word
from pipeline.tag.sentences import straight
from pipeline.tag.some_of_them import all_of_a_kind, all_sites, sites, some_of_them
from pipeline.tag.statistics import NUMBER, digits
from pipeline.tag.strangers import of_no_body, stranger_of

_JOIN = re.compile(
    r"[\s,;&'\"()]*(?:and|both|the|in|of|at|as well as|councils?|[\s,;&'\"()])*"
    r"|,? (?:in|near|at) (?!.*\b(?:was|were|is|are|has|while|but)\b)[a-z' -]{3,25}?(?:,|,? and) "
    r"(?:the )?"
    r"|,? (?:and|with) its (?:[a-z]+ )?(?:branch|sister|satellite|second)"
    r"(?: (?:surgery|practice|site|home|school|nursery))?,? (?:at |the )?"
)
_GROUP = re.compile(
    r"(?<!\w)(?:both|all (?:two|three|four|five|six|seven|the|of them)|each|(?<!of )the "
    r"(?:two|three|four|pair|trio))(?!\w)"
)
_ALL_ASPECTS = re.compile(
    r"(?:all (?:the |of the )?(?:two|three|four|five|six|seven)?|both) ?"
    r"(?:areas|categories|key|aspects|services)|"
    r"all (?:the |of the |of its )?(?:two |three |four |five |six |seven |eight |nine )?"
    r"(?:[a-z-]+ ){0,2}(?:areas|categories|aspects|tests|domains|questions|indicators|standards|"
    r"themes|outcomes|judgements|measures)"
)
#: Between a grade and the body that has it: "the inadequate-rated authority Harwick".
_ATTRIBUTIVE = re.compile(
    r"[\"']?(?:-rated|-graded)?[\"']? ?(?:rated )?(?:authorit(?:y|ies)|councils?|the|at|,|"
    r"for)?\s?(?:at |of |the )?"
    r"|[\"']? (?:ratings?|grades?|judgements?|verdicts?|marks?) (?:(?:has|have|had|also|then|was|"
    r"were|been) )*(?:gone|went|goes|go|given|awarded|handed) to (?:the )?"
)


def bodies_of(
    reading: Reading, sentence: Sentence, grade: Graded, i: int, found: list[Graded]
) -> tuple[str | None, ...] | None:
    """Ids of the bodies that hold the grade; (None,): no body is known; None: another body's."""
    inspected = reading.ids
    ours = named_in(reading, sentence, inspected)
    at = sentence.start + grade.start
    if "respectively" in sentence.low and len(found) == len({m.id for m in ours}):
        return (list(dict.fromkeys(m.id for m in ours))[i],)
    if together := _together(reading, sentence, grade, ours):
        return together
    some = some_of_them(reading, sentence, grade, ours)
    if some is None or some:
        return some
    before = [m for m in ours if m.end <= at]
    after = [m for m in ours if m.start >= at]
    if of_no_body(reading, sentence, grade, later=i > 0, named=bool(ours)):
        return None
    stranger = stranger_of(reading, sentence, grade, inspected)
    if stranger and not (before and before[-1].start > stranger.start):
        return None
    before = [m for m in before if not _operates(sentence, m)] or before
    bare = _by_short_name(reading, sentence, grade, ours, later=i > 0)
    if bare:
        return bare
    attributive = after and _ATTRIBUTIVE.fullmatch(
        sentence.low[grade.end : after[0].start - sentence.start]
    )
    if attributive and "," in attributive[0] and (since := _since(before, sentence, i, found)):
        attributive = None  # "Alder was rated outstanding, Birch was rated good"
        before = since
    if attributive or (after and not before):
        return _group(reading, after)
    if before:
        return _group(reading, before[::-1])
    return _not_named(reading, sentence, grade, ours)


_FEW = 60  #: bodies of a story in which a name without its kind tells one of them


def named_in(reading: Reading, sentence: Sentence, inspected: frozenset[str]) -> list[Mention]:
    """The mentions of inspected bodies, also those by a name without its kind: "in Harwick"."""
    ours = [m for m in sentence.mentions if m.id in inspected]
    if len(inspected) > _FEW:
        return ours
    written = straight(reading.quote(sentence.start, sentence.end))
    for body, name in reading.short_names:
        for found in as_word(name).finditer(written) if name in written else ():
            a, b = (sentence.start + i for i in found.span())
            if not any(m.start < b and a < m.end for m in sentence.mentions):
                ours.append(Mention(id=body, name=found[0], role="inspected", start=a, end=b,
                                    quote=reading.quote(a, b), rule="name without its kind",
                                    confidence="implied"))  # fmt: skip
    return sorted(ours, key=lambda m: m.start)


def _together(
    reading: Reading, sentence: Sentence, grade: Graded, ours: list[Mention]
) -> tuple[str, ...]:
    """Bodies that hold the grade "both" or "all three"; of an area's outcome all that share it."""
    if grade.rule == "outcome" and sum(b.kind == "council" for b in reading.bodies) == 1:
        return tuple(b.id for b in reading.bodies)
    bodies, low = len(reading.bodies), sentence.low
    if bodies <= _FEW and all_of_them(low[: grade.start], bodies, reading.kinds):
        return tuple(b.id for b in reading.bodies)
    if some := all_sites(reading, sentence, grade) or all_of_a_kind(reading, sentence, grade):
        return some
    clause = sentence.low[max(0, grade.start - 100) : grade.end + 25]
    wider = sentence.low[max(0, grade.start - 100) : grade.end + 80]
    if not _GROUP.search(clause) or _ALL_ASPECTS.search(wider):
        return ()
    named = tuple(dict.fromkeys(m.id for m in ours))
    if len(named) > 1 and _of_one(sentence, grade, ours):
        return ()
    if len(named) < 2 and not (sites(reading.bodies) and _SITES_SAID.search(clause)):
        named = _last_named(reading, sentence, "both" in clause)
    return named if len(named) > 1 else ()


def _of_one(sentence: Sentence, grade: Graded, ours: list[Mention]) -> bool:
    """ "… leadership at Harwick, both rated good, while Redby was …": two things of the first."""
    words = list(_GROUP.finditer(sentence.low, max(0, grade.start - 100), grade.end + 25))
    before = {m.id for m in ours if m.end - sentence.start <= words[-1].start()} if words else ()
    return len(before) == 1 and words[-1].start() < grade.start


def _not_named(
    reading: Reading, sentence: Sentence, grade: Graded, ours: list[Mention]
) -> tuple[str | None, ...] | None:
    """Whose grade it is in a sentence whose own words name no body before it."""
    if not ours and (_OF_ALL.match(sentence.low) or _unnamed_yet(reading, sentence)):
        return None
    if not ours and _ANOTHER.match(sentence.low) and _all_named(reading, sentence):
        return None
    if len(sentence.about) > 1 and (one := _by_kind(reading, sentence, grade)):
        return one
    if len(sentence.about) > 1 and not ours and _SOME_ONE.search(sentence.low[: grade.start]):
        return None
    if len(sentence.about) > 1 and _fewer(sentence, grade, len(sentence.about)):
        return None
    return _of_site_or_owner(reading, sentence) or sentence.about or (None,)


_OWNER_SAID = re.compile(r"(?<!\w)(?:trusts?|(?:health )?boards?|organisation|hospitals)(?!\w)")
_SITES_SAID = re.compile(r"(?<!\w)(?:hospitals|sites)(?!\w)")


def _of_site_or_owner(reading: Reading, sentence: Sentence) -> tuple[str, ...]:
    """Of a hospital and the trust that runs it, the one that the sentence speaks of.

    "The A&E department was rated inadequate" is of the hospital.
    """
    about = [b for b in reading.bodies if b.id in sentence.about]
    sites = tuple(b.id for b in about if b.kind == "hospital")
    owners = tuple(b.id for b in about if b.kind in ("trust", "health-board"))
    if not sites or not owners:
        return ()
    return owners if _OWNER_SAID.search(sentence.low) else sites


#: Of the whole country, or of some that are not named: "Six more reports rated providers good".
_OF_ALL = re.compile(
    r"(?:[^,.]{3,30}, )?(?:all (?:of )?(?:the country's|england's|wales's|scotland's|other)\b|"
    rf"(?:another |some |the other )?(?:{NUMBER}) (?:more|others?|further(?! educ)) |every other |"
    rf"(?:just |only |some |nearly |almost |over )?(?:{NUMBER}) (?:have|has|had|were|was) )"
)


#: "One GP practice, found inadequate, has closed": when all bodies were named, one more.
_ANOTHER = re.compile(
    r"(?:one|another) (?!of )(?:[a-z-]+ ){0,2}(?:provider|practice|surgery|school|academy|nursery|"
    r"home|hospital|council|force|college|prison|trust|service|firm)(?!\w)"
)


def _all_named(reading: Reading, sentence: Sentence) -> bool:
    """Whether all the bodies of a story are named before a sentence."""
    named = {m.id for m in reading.mentions if m.start < sentence.start}
    return bool(reading.bodies) and all(b.id in named for b in reading.bodies)


_ACROSS = re.compile(r"(?<!\w)(?:across|throughout|around|in parts of|in some of)(?!\w)")


def _unnamed_yet(reading: Reading, sentence: Sentence) -> bool:
    """Whether the grade stands before any of many bodies is named, and is not said to be of all:
    "Units across the region have been rated inadequate"."""
    everybody = reading.ids
    if len(everybody) < 3 or not _ACROSS.search(sentence.low):
        return False
    if any(m.id in everybody and m.start < sentence.end for m in reading.mentions):
        return False
    count = re.search(rf"(?<!\w)({NUMBER})(?!\w)", sentence.low)
    return not (count and digits(count[1]) == str(len(everybody)))


def _last_named(reading: Reading, sentence: Sentence, two: bool) -> tuple[str, ...]:
    """Whom "both" or "all three" are: all bodies, of many the two that one sentence named last."""
    everybody = tuple(b.id for b in reading.bodies)
    if not two or len(everybody) < 3:
        return everybody
    at = bisect_left(reading.sentences, sentence.start, key=lambda s: s.start)
    for earlier in reading.sentences[max(0, at - 3) : at][::-1]:
        named = tuple(dict.fromkeys(m.id for m in earlier.mentions if m.id in everybody))
        if named:
            return named if len(named) == 2 else ()
    return ()


_SUBJECT = re.compile(
    r"(?:^|[\s\"'“‘(])([A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}),? (?:is|was|are|were|"
    r"has been|had been|remains|remained|received)(?: [a-z]+){0,4} [\"'“‘]?$"
)
_JUST_AHEAD = re.compile(r"(?:, |and )([A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}) [\"'“‘]?$")
_RUN_BY = re.compile(r"(?<!\w)(?:(?:run|managed|operated|owned|overseen) by|part of)(?: the)? $")


def _by_short_name(
    reading: Reading, sentence: Sentence, grade: Graded, ours: list[Mention], *, later: bool
) -> tuple[str, ...]:
    """The one of several bodies whose name begins with the subject: "Harwick was rated".

    `later`: a grade stands before it: "and Redby inadequate".
    """
    if len(reading.bodies) < 2:
        return ()
    before = reading.quote(sentence.start, sentence.start + grade.start)
    subject = _SUBJECT.search(before) or (_JUST_AHEAD.search(before) if later else None)
    if subject is None:
        return ()
    at = sentence.start + subject.start(1)
    if any(m.start <= at < m.end for m in ours):
        return ()
    ids = [b.id for b in reading.bodies if b.name.lower().startswith(subject[1].lower() + " ")]
    return (ids[0],) if len(ids) == 1 else ()


def _operates(sentence: Sentence, m: Mention) -> bool:
    """Whether the body is only named as the one that runs another."""
    return bool(_RUN_BY.search(sentence.low, 0, m.start - sentence.start))


def _since(before: list[Mention], sentence: Sentence, i: int, found: list[Graded]) -> list[Mention]:
    """The bodies named since the grade before: subjects of this one."""
    last = sentence.start + found[i - 1].end if i else sentence.start
    return [m for m in before if m.start >= last]


_ONE = re.compile(
    r"(?<!\w)(?:an?|one|the) (?:[a-z'-]+ ){0,3}?(college|school|academy|nursery|home|hospice|"
    r"hospital|surgery|practice|prison|council|force|trust)(?!\w)"
)


#: "A private provider has fallen two grades": which of several, it does not say.
_SOME_ONE = re.compile(
    r"(?<!\w)(?:an?|one|another) (?:[a-z'-]+ ){0,3}?(?:college|school|academy|nursery|home|hospice|"
    r"hospital|surgery|practice|prison|council|force|trust|provider) (?:was|is|has|had|fell|rose|"
    r"climbed|dropped|went|got|received)(?!\w)[^;]*$"
)


def _by_kind(reading: Reading, sentence: Sentence, grade: Graded) -> tuple[str, ...]:
    """ "A sixth form college has fallen to …": the only one of several bodies that is called so."""
    said = _ONE.search(sentence.low, 0, grade.start)
    if said is None:
        return ()
    called = [(b.id, b.name.lower()) for b in reading.bodies]
    told = sentence.low[said.start() : said.end()].split()[-3:]
    named = [i for i, name in called if " ".join(told) in name] or [
        i for i, name in called if said[1] in name.split()
    ]  # "a sixth form college"
    ids = named or [b.id for b in reading.bodies if b.kind == said[1]]
    return (ids[0],) if len(ids) == 1 else ()


def _fewer(sentence: Sentence, grade: Graded, bodies: int) -> bool:
    """ "five 'inadequate' authorities" in a story of seven: which five, it does not say."""
    near = sentence.low[max(0, grade.start - 40) : grade.end + 40]
    count = re.search(
        rf"(?<!\w)({NUMBER}) (?:[a-z'-]+ ){{0,2}}?[\"']?(?:[a-z-]+[\"']? )?(?:authorit|"
        rf"council|school|home|trust|force|service|prison|practice|provider|college|nurser|"
        rf"hospital|surger|academ|uni)",
        near,
    )
    return count is not None and digits(count[1]) != str(bodies)


def _group(reading: Reading, mentions: list[Mention]) -> tuple[str, ...]:
    """The first mention and those joined to it by commas and "and"."""
    group = [mentions[0]]
    for m in mentions[1:]:
        a, b = sorted((group[-1], m), key=lambda x: x.start)
        if not _JOIN.fullmatch(reading.low, a.end, b.start) or b.start - a.end > 40:
            break
        group.append(m)
    return tuple(dict.fromkeys(m.id for m in group))
