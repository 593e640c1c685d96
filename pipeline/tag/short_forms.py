"""Bare area names that mean a body: "Bradford, rated inadequate", "Surrey's social workers".

An area is first of all a place. It stands for its council, force, fire service or prison only where
the words around it say so and nothing makes it part of another name ("Stockton Heath", "Lord
Bradford") or plainly a place ("in Sunderland"). Which of these is meant follows from those words,
else from what the inspectorates of the story inspect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pipeline.knowledge import load_yaml
from pipeline.models import Confidence
from pipeline.tag.matcher import Candidate, words
from pipeline.tag.numbers import NUMBER
from pipeline.tag.roles import joint_of_area
from pipeline.tag.sentences import Span

_PLACE = re.compile(
    r"\b(?:in|near|from|around|across|outside|through|within|throughout|over|between|of|serving|"
    r"north|south|east|west|central|greater|for|to|into)(?: the)? $"
)
_SERVICES = (
    r"children's (?:social )?(?:services|care)|children services|child protection|"
    r"adult social care|adults?'? (?:social )?services|social (?:care|services|work(?:ers)?)|"
    r"care leavers|looked[- ]after children|children in care|foster(?:ing|(?: carers)?)|adoption|"
    r"education (?:services?|department)|early help|safeguarding|mash|"
    r"youth (?:work|services)|council|local authority"
)
_SERVICE_AFTER = re.compile(
    rf"^(?:'s?)? (?:{_SERVICES}|children(?!')|adults?(?!')|looked|schools are|department|"
    r"authority)\b(?! homes?\b)"
)
_SERVICE_BEFORE = re.compile(
    rf"\b(?:{_SERVICES}|services for (?:children|vulnerable children|adults|care leavers))"
    r"(?: services)?,? (?:in|at|for|across|of) $"
)
_PLURAL = re.compile(
    r"^(?: city| county)?(?:(?:, | and |, and | & )[A-Z][\w'’.-]+(?: (?:and |upon |on |of |the )?"
    r"[A-Z][\w'’.-]+)*){0,12}(?: (?:city|county|borough))?,? "
    r"(?P<head>(?i:fire (?:and rescue )?services|police forces|forces|police|councils|"
    r"county councils|authorities|boroughs|services))\b"
)
_OF_A_PLACE = re.compile(
    r" (?:[a-z-]+ ){0,2}(?:schools?|academy|nursery|(?:care |nursing |children's )?homes?|surgery|"
    r"practice|hospital|prison|jail|hospice|college|gp)\b"
)
_REPORT = re.compile(
    r"\s+(?:re-?)?inspection (?:of|report)\b|\s+(?:joint targeted|area send|review of)\b"
)
_PLURAL_BEFORE = re.compile(
    r"\b(?P<head>fire (?:and rescue )?services|police forces|forces|councils|authorities)"
    r"(?: [a-z]+){0,4}(?: -|:|,| \(|,? such as| of) $"
)
_IN_IT = re.compile(r"[\s\W]*(?:in|at) ")
_HEADS = {"fire": "fire", "police": "police", "forces": "police", "services": "fire"}
_AGENDA = re.compile(
    r"\b(?:visited|went to|inspectors (?:in|at|to)|inspected|reinspected|re-inspected|visit to|"
    r"told|praised|"
    r"(?:letter|report|verdict|visits?|notice|findings)(?: [a-z]+)? (?:on|about|to|at)|"
    r"rated|graded|judged|at)(?: both)? $"
)
_JUDGED = re.compile(
    r"^,? (?:which (?:was|is|has been) )?(?:rated|judged|graded) ['\"]?(?:as )?"
    r"(?:good|inadequate|outstanding|requires)|"
    r"^(?:'s council)?(?:,[^,.\n]{0,60},)?(?: councils?)? (?:(?:has|have|had|will|would|could)"
    r"(?: not| now| also)?(?: be| been)?|is|are|was|were|remains?|kept|keeps|moves?|moved|drops?|"
    r"dropped|received|gets?|got|requires?)(?: (?:both|all|again|also|now|still|only|first))*"
    r" (?:be )?['\"]?(?:visited|inspected|rated|graded|judged|found|placed|praised|upgraded|"
    r"downgraded|criticised|commended|outstanding|good|inadequate|adequate|improvement|strong|"
    r"held up|given|among|one of|out of|up to|from|named|told|warned|excellent|improving)\b"
)
_VERDICT = re.compile(
    r"\b(?:councils?|authorit(?:y|ies)|rated|inadequate|outstanding|requires improvement|ofsted|"
    r"cqc|inspectors|inspection|visits?|visited|good|monitoring|focused|progress)\b"
)
#: "Staffordshire's service was told …".
_ITS_SERVICE = re.compile(
    r"^(?:'s?)? (?:fire (?:and rescue )?|police )?(?:service|brigade|force|constabulary|crews?)\b"
)
#: "They are Cleveland, Wiltshire and the Met".
_THEY_ARE = re.compile(
    r"\b(?:they|these|those|others?|forces|services)(?: [a-z]+){0,3} (?:are|were|include[sd]?)"
    r"(?: also|:)? $"
)
_GRADED = re.compile(
    r"\b(?:gradings?|grades?|graded|rated|ratings?|good|outstanding|inadequate|"
    r"requires? improvement|praised?|concerns?|special measures|improved|deteriorated|"
    r"inspect(?:ed|ion|ors))\b"
)
_LIST = r"(?:[A-Z][\w'’.-]+(?: (?:and |upon |on |of |the )?[A-Z][\w'’.-]+)*)"
_LIST_AFTER = re.compile(rf"^(?:,? (?:and|&) (?:the )?{_LIST}|, {_LIST})+(?=[ '’])")
_LIST_BEFORE = re.compile(rf"(?:{_LIST}, )*(?:{_LIST},? (?:and|&) |{_LIST}, )$")
_WORD_BEFORE = re.compile(r"([A-Z][\w'’]*) $")
_WORD_AFTER = re.compile(r"^[ -]([A-Z][\w'’]*)")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the story says of the kinds of bodies that its area names can mean."""

    remit: frozenset[str]  #: kinds that its inspectorates inspect; empty where none is known
    councils: int  #: words of what councils do
    police: int
    fire: int
    joint: bool  #: a joint inspection of an area, and no word of a council: it is not its council


@lru_cache(maxsize=4)
def _story_words(section: str) -> re.Pattern[str]:
    return re.compile(load_yaml("agencies/roles.yaml")[section])


def setting(folded: str, remit: frozenset[str]) -> Setting:
    councils = len(_story_words("children").findall(folded)) + 2 * ("councils" in folded)
    either = bool({"police", "fire"} & remit)  # else nobody asks which of the two
    return Setting(
        remit,
        councils,
        len(_story_words("of-police").findall(folded)) if either else 0,
        len(_story_words("of-fire").findall(folded)) if either else 0,
        joint_of_area(folded) and not _COUNCIL.search(folded, 0, _BEGIN),
    )


#: "Three more councils": whose area it was that is named.
_COUNCIL = re.compile(
    rf"\b(?:an?|the|these|more|several|{NUMBER}) (?:[a-z-]+ )?"
    r"(?:councils?|local authorit(?:y|ies))\b"
    r"(?! areas?\b)"
)
_BEGIN = 700  #: code points that tell what a story is about


def resolve(
    found: Sequence[Candidate],
    text: str,
    folded: str,
    cut: Sequence[Span],
    story: Setting,
) -> list[Candidate]:
    """The bare candidates of a text, each now accepted or not, with its reason.

    Those with one span are the bodies of one name; of them the ones of the kind that is meant.
    """
    bare = frozenset(w.lower() for c in found for w in c.quote.split())
    resolved: list[Candidate] = []
    for (start, end), group in groupby(found, key=lambda c: (c.start, c.end)):
        candidates = list(group)
        span = next((s for s in cut if s.start <= start < s.end), Span(start, end))
        if end > span.end:  # the name itself goes on in the next printed line
            span = Span(span.start, next((s.end for s in cut if s.start < end <= s.end), end))
        kinds, why = _kinds(candidates[0], text, folded, span, bare, story)
        fit = [c for c in candidates if c.fits]
        chosen = [c for c in fit if c.id.partition(":")[0] in kinds]
        confidence: Confidence = "implied" if len(chosen) == 1 else "ambiguous"
        resolved += [c._replace(accepted=True, confidence=confidence, why=why) for c in chosen]
        if not chosen:
            resolved.append(candidates[0]._replace(why=why if fit else candidates[0].why))
    return resolved


def _kinds(
    c: Candidate, text: str, folded: str, span: Span, bare: frozenset[str], story: Setting
) -> tuple[tuple[str, ...], str]:
    """The kinds of bodies that the name can mean here, and why; none where it is a place."""
    before, after = text[max(span.start, c.start - 90) : c.start], text[c.end : c.end + 160]
    low_before = folded[span.start : c.start]
    low_after = re.sub(r" ?\n", " ", folded[c.end : _wrapped(folded, span.end)])
    if other := _other_name(before[-40:], after[:40], bare):
        return (), f"“{other}” makes it another name"
    if _OF_A_PLACE.match(low_after):
        return (), "it tells where something is"
    if not low_before.strip() and not low_after.strip(" .") and _REPORT.match(folded, span.end):
        return ("council",), "the title of a report"
    ahead, behind = _without_list(before, low_before, after, low_after)
    if several := _one_of_several(ahead, after, story):
        return several
    councils = not story.remit or "council" in story.remit
    if councils and (service := _service(low_before, low_after)):
        return ("council",), service
    if story.joint and _joint_title(folded, c.start, c.end):
        return ("council",), "the area of a joint inspection, in the title of its report"
    if story.joint:
        return (), "a joint inspection is of the area, not of its council"
    kinds, which = _by_remit(story)
    if kinds and not councils and (_ITS_SERVICE.match(low_after) or _THEY_ARE.search(ahead)):
        return kinds, f"it stands for its service{which}"
    agenda = _AGENDA.search(ahead)
    if agenda and kinds and (story.councils or not agenda[0].startswith("at")):
        return kinds, f"visited, judged or told by inspectors{which}"
    subject = not _PLACE.search(ahead) or _in_list(low_before, low_after)
    if subject and kinds and _JUDGED.match(behind):
        return kinds, f"the subject of a judgement{which}"
    if subject and kinds and not councils and _GRADED.search(f"{low_before} # {low_after}"):
        return kinds, f"its sentence tells of a grade{which}"
    if not subject:
        return (), "it is a place here"
    if story.councils < 2 or not councils:
        return (), "nothing in the text is about councils"
    if _VERDICT.search(low_before) or _VERDICT.search(low_after):
        return ("council",), "its sentence speaks of a judgement or a council"
    return (), "its sentence does not speak of a council"


def _one_of_several(ahead: str, after: str, story: Setting) -> tuple[tuple[str, ...], str] | None:
    """The kind of a list of names that a plural stands beside: "Harwick and Redby councils"."""
    if plural := _PLURAL_BEFORE.search(ahead):
        return (_HEADS.get(plural["head"].split()[0], "council"),), "one of those listed"
    plural = _PLURAL.match(after)
    head = _HEADS.get(plural["head"].split()[0].lower(), "council") if plural else ""
    loose = plural and plural["head"].lower() == "services"  # of anything, save in a story of fire
    if plural and (
        head in story.remit or (not loose and (plural["head"].islower() or head == "council"))
    ):
        return (head,), f"one of several before “{plural['head']}”"
    return None


def _service(before: str, after: str) -> str | None:
    """Where a council's service stands beside the name, in words."""
    inside = _IN_IT.fullmatch(before) and _SERVICE_AFTER.match(after[1:])
    if inside or _SERVICE_AFTER.match(after):
        return "a council's service follows"
    return "a council's service stands before it" if _SERVICE_BEFORE.search(before) else None


_JOINT_TITLE = re.compile(
    r"(?:^|\n)\W*(?:joint targeted area inspection|area send (?:full )?inspection)\b"
    r"[^.]{0,170}?\b(?:in|of|into) (?:the )?(?:(?:royal |london )?borough of |city of )?$"
)
_JOINT_TITLE_ENDS = re.compile(r" ?(?:\n|$|local area\b|local\narea\b|area partnership\b)")


def _joint_title(folded: str, start: int, end: int) -> bool:
    """ "Joint targeted area inspection of … in Borset", a line of its own or two."""
    before = folded[max(0, start - 260) : start]
    return bool(_JOINT_TITLE.search(before) and _JOINT_TITLE_ENDS.match(folded, end))


def _wrapped(folded: str, end: int) -> int:
    """Where a sentence ends that a printed line has broken: the next line goes on in lower case."""
    following = _NEXT_LINE.match(folded, end)
    return following.end() if following else end


_NEXT_LINE = re.compile(r" ?\n(?:local |authority |council |children|adult |social )[^\n]{0,80}")


def _by_remit(story: Setting) -> tuple[tuple[str, ...], str]:
    """The kinds that an inspected area stands for, told from the inspectorates of the story."""
    if "council" in story.remit:
        return ("council",), ""
    if not story.remit:
        return (("council",), "") if story.councils else ((), "")
    if "prison" in story.remit:
        return ("prison", "immigration-removal-centre"), ", of the prisons inspectorate"
    if not {"police", "fire"} & story.remit:
        return (), ""
    less, more = sorted((story.police, story.fire))
    if more >= 3 * less and more:
        kind = "police" if story.police > story.fire else "fire"
        return (kind,), f", in a story of {kind}"
    return ("police", "fire"), ", police or fire service"


def _without_list(before: str, low_before: str, after: str, low_after: str) -> tuple[str, str]:
    """What stands around a whole list of names that this one is in: "Hackney, Brent, Ealing"."""
    listed = _LIST_BEFORE.search(before)
    ahead = low_before[: len(low_before) - (len(before) - listed.start())] if listed else low_before
    following = _LIST_AFTER.match(after)
    return ahead, low_after[following.end() if following else 0 :]


def _in_list(before: str, after: str) -> bool:
    return bool(re.search(r"\b(?:councils?|authorities|boroughs?)\b", before + after))


def _other_name(before: str, after: str, bare: frozenset[str]) -> str | None:
    nxt = _WORD_AFTER.match(after)
    if nxt and nxt[1] not in words("services") and nxt[1].lower() not in bare:
        return nxt[1]
    prev = _WORD_BEFORE.search(before)
    if prev and prev[1] not in words("lead_in") and prev[1].lower() not in bare:
        lead = before[: prev.start()].rstrip(" “\"'‘")
        if lead and lead[-1] not in ".!?:;\n•-–":
            return prev[1]
    return None
