"""What a body must now do or undergo: notices, directions, orders, and whether they stand."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.knowledge import load_yaml
from pipeline.models import Action
from pipeline.tag.cues import Hit, cues
from pipeline.tag.reading import Reading, Sentence

Status = Literal["imposed", "recommended", "lifted", "threatened"]

FILE = "actions.yaml"
_ENDED = re.compile(
    r"[^.,;]{0,20}(?<!\w)(?:lifted|removed|withdrawn|revoked|ended)(?!\w)|"
    r"[^.,;]{0,60} (?:is|was|are) (?:now )?(?:over|at an end)(?!\w)"
)
_IMPOSED = re.compile(
    r"(?<!\w)(?:(?:put|placed|been|plunged|sent|remains?|now|stays?|still|kept)(?: back)? "
    r"(?:in(?:to)?|under|on)|issued|imposed|"
    r"invoked|served|ordered|must|told to|asked to|has put|triggered|demanded|appointed|"
    r"rated)(?!\w)"
)


def actions(reading: Reading) -> tuple[Action, ...]:
    """Each kind of action once for a body and status, with the sentence that says so.

    What the body itself promises is not an action; neither is one explained or denied.
    """
    made: dict[tuple[str, str | None, Status], Action] = {}
    own = load_yaml(FILE)
    sections = ["actions", *(a.id for a in reading.inspectorates if a.id in own)]
    listed = _what_there_is(reading)
    for sentence in reading.sentences:
        if sentence.furniture or cues(FILE, "explained").find(sentence.low):
            continue
        if sentence.start in listed:
            continue
        hits = [h for section in sections for h in cues(FILE, section).all(sentence.low)]
        for hit in hits:
            if hit.id == "recommendation" and any(h.id in _TAKEN for h in hits):
                continue  # what is recommended is that measure
            status = None if _is_past(reading, sentence, hit) else _status(sentence, hit)
            if status is None:
                continue
            body = sentence.about[0] if sentence.about else None
            key = (hit.id, body, status)
            if key in made:
                continue
            start, end = sentence.start, sentence.end
            made[key] = Action(
                kind=hit.id,
                status=status,
                body=body,
                start=start,
                end=end,
                quote=reading.quote(start, end),
                rule=hit.id,
            )
    return tuple(_settled(list(made.values())))


#: "It can put a school in one of these categories:": what follows line by line is no outcome.
_CATEGORIES = re.compile(
    r"(?<!\w)(?:categor(?:y|ies)|options|levels|possible|outcomes|judge?ments are|can|may|either)"
    r"(?!\w)[^.]*:$"
)
_NAME_OF_ONE = 60  #: code points of a line that only names a category


def _what_there_is(reading: Reading) -> frozenset[int]:
    """Where the lines of a list stand that only say which categories an inspectorate has."""
    found: set[int] = set()
    listing = False
    for sentence in reading.sentences:
        if _CATEGORIES.search(sentence.low):
            listing = True
        elif listing and len(sentence.low) < _NAME_OF_ONE and sentence.heading:
            found.add(sentence.start)
        else:
            listing = False
    return frozenset(found) if len(found) > 1 else frozenset()


_TAKEN = frozenset({"special-measures", "closure", "cancellation", "statutory-direction"})
#: "Progress on the recommendations", "of the 13 recommendations they followed up": earlier ones.
_PROGRESS_ON = re.compile(
    r"(?<!\w)(?:progress|steps|acted|action taken|report(?:ed)? back)(?: [a-z]+){0,8} "
    r"(?:on|against|with|followed|towards)(?: [a-z]+){0,3} $|"
    r"follow(?:s|ed|ing)? (?:up )?(?:[a-z]+ ){0,4}$"
)
_OF_LAST = re.compile(
    r"[^.;]{0,50}(?:(?<!\w)that (?:inspection|visit)(?!\w)|(?<!\w)(?:made|given) then(?!\w)|"
    r"(?<!\w)(?:inspection|visit|report) "
    r"(?:of|in|from) (?:[a-z]+ )?(?:19|20)\d\d(?!\w)|(?<!\w)(?:last|previous|earlier) (?:[a-z]+ )?"
    r"(?:inspection|report|visit|review)|followed up|(?<!\w)ago(?!\w))"
)
#: "Ten requirements of the last inspection were unmet": they stand.
_UNMET = re.compile(
    r"(?<!\w)(?:unmet|not (?:yet |fully |all )?(?:been )?met|outstanding|not [a-z]+ complied)(?!\w)"
)
#: "Had just been re-inspected", "its recent re-inspection in August": that visit has been made.
_BEEN_BACK = re.compile(
    r"(?<!\w)(?:had|has|have|was|were|having)(?: [a-z]+){0,3} $|(?<!\w)(?:recent|latest|last|rapid|"
    r"faster|first)(?: [a-z]+)? $|'s? $"
)
#: "For communal dining to come back": whoever comes back must be an inspector.
_INSPECTING = re.compile(
    r"(?<!\w)(?:inspect|watchdog|regulator|ofsted|cqc|estyn|eti|rqia|hiw|ciw|hm|they|it|we|team)"
)
_TO_COME = re.compile(
    r"(?<!\w)(?:will|within|due|next|must|faces?|to be|planned|expected|near future|pending|"
    r"announced|ready for|before (?:the|a|its))(?!\w)"
)
#: "Had spent four years in special measures": it is out of them.
_BEEN_IN = re.compile(
    r"(?<!\w)(?:previously|earlier|once|formerly) (?:been|spent|was|were)(?!\w)[^.;,]{0,40}$"
)
_OWN_NEWS = re.compile(
    r"(?<!\w)(?:announced|decided|decision|resign(?:s|ed)?|blamed|by mutual|in-house)(?!\w)"
)
#: What others than the inspectors wish for: "the union wants the school to be re-inspected".
_MAY_BE_WISHED = frozenset({"re-inspection", "monitoring-visits"})
_WISH = re.compile(r"(?<!\w)(?:wants?|wanted|wished?|hopes?|hoped|asks?|asked|should)(?!\w)[^.;]*$")
#: A line of a list of all that there is: "• Special measures".
_BULLET = re.compile(r"[•*·-] ?(?:[a-z]+ ){1,4}[a-z]+[.;]?")
_NOT_YET = re.compile(r"(?<!\w)(?:waiting for|awaiting|not yet)(?!\w)[^.;]*$")
_ONCE = re.compile(r"(?<!\w)once (?:subject to|under|in|placed|put)(?!\w)[^.;]{0,20}$")
#: "Since we were put in special measures in 2012": so many years later it says what was.
_IN_YEAR = re.compile(
    r"[\"']? (?:(?:back )?in|after (?:a|an|the|its) (?:[a-z]+ ){1,3}(?:in|of)) (?:[a-z]+ )?"
    r"((?:19|20)\d\d)(?!\w)"
)
#: "Which was put in special measures, and is now rated good".
_NOW_GOOD = re.compile(
    r"[^.;]{0,90}(?<!\w)now (?:been )?(?:rated|judged|graded|deemed|considered)(?: as| to be)? "
    r"[\"']?(?:good|outstanding)(?!\w)"
)
_EARLIER = re.compile(
    r",? (?:that was |which was |that had been )?(?:issued|served|imposed|made|given) "
    r"(?:to it )?(?:last year|(?:back )?in (?:[a-z]+ )?(?:19|20)\d\d|previously|earlier|"
    r"(?:a|two|three) years? (?:ago|before|earlier))"
)
_SPAN = re.compile(
    r"(?<!\w)(?:between|from) (?:(?:19|20)\d\d) (?:and|to|until) ((?:19|20)\d\d)(?!\w)|"
    r"(?<!\w)until (?:[a-z]+ )?((?:19|20)\d\d)(?!\w)"
)
#: What a body decides for itself is no measure taken against it.
_OWN_WISH = re.compile(
    r"(?<!\w)by (?:(?:its|the) )?(?:owners?|operators?|company|charity|"
    r"provider|trustees)(?!\w)"
)
_ASKED = re.compile(
    r"(?<!\w)(?:asked|applied|asks|applies) (?:[a-z]+ ){0,3}(?:for|to)(?: [a-z]+){0,3} $"
)
_NOT_ENOUGH = re.compile(
    r"(?<!\w)(?:not [a-z ]{0,12}enough|not yet|too early|not [a-z ]{0,20}to)(?!\w)"
)


def _is_past(reading: Reading, sentence: Sentence, hit: Hit) -> bool:
    """Whether the words put the action in years gone by, or make it the body's own wish."""
    low = sentence.low
    if _ONCE.search(low, 0, hit.start) or _EARLIER.match(low, hit.end):
        return True
    if _is_over(reading, low, hit) or _is_of_others(low, hit):
        return True
    if hit.id == "requirements" and _UNMET.search(low):
        return False
    if hit.id in ("recommendation", "requirements"):
        return bool(_PROGRESS_ON.search(low, 0, hit.start) or _OF_LAST.match(low, hit.end))
    if hit.id in _MAY_BE_WISHED and sentence.speaker != "inspectors":
        wished = sentence.speaker == "other" or _WISH.search(low, 0, hit.start)
        if wished:
            return True
    if hit.id == "re-inspection" and low[hit.start : hit.end].startswith("inspected again"):
        return not _TO_COME.search(low, 0, hit.start)  # "Ofsted inspected again in April"
    if hit.id == "re-inspection" and re.match(r"re-?inspect", low[hit.start :]):
        return bool(_BEEN_BACK.search(low, 0, hit.start)) and not _TO_COME.search(low)
    if hit.id in ("special-measures", "significant-improvement") and _BULLET.fullmatch(low):
        return True
    if hit.id == "re-inspection" and low.startswith("to ", hit.start):
        return _INSPECTING.search(low, 0, hit.start) is None
    if hit.id == "special-measures" and _BEEN_IN.search(low, 0, hit.start):
        return True
    if hit.id == "statutory-direction" and _years_ago(reading, low):
        return True
    if hit.id == "childrens-trust":
        return _OWN_NEWS.search(low) is not None or "to close" in low
    over = _SPAN.search(low)
    if over and reading.year and reading.year >= int(over[1] or over[2]):
        return True
    if hit.id in ("closure", "cancellation"):
        if _NOT_YET.search(low, 0, hit.start):
            return True
        own = (
            _OWN_NEWS.search(low)
            or _OWN_WISH.search(low, hit.start, hit.end + 30)
            or _ASKED.search(low, 0, hit.start)
        )
        return own is not None or (hit.id == "closure" and sentence.speaker == "body")
    return False


def _is_over(reading: Reading, low: str, hit: Hit) -> bool:
    """Whether the words after the action give it a year long past, or the body a good grade now."""
    dated = _IN_YEAR.match(low, hit.end)
    if dated and reading.year and int(dated[1]) < reading.year - 1:
        return True
    return hit.id == "special-measures" and _NOW_GOOD.match(low, hit.end) is not None


def _is_of_others(low: str, hit: Hit) -> bool:
    """Whether a party, a union or parents call for the improvement, and no inspector does."""
    if hit.id != "immediate-improvement" or _THEIRS.search(low):
        return False
    near = low[max(0, hit.start - 60) : hit.end + 60]
    return bool(_CALLS.search(near) and _PARTY.search(near))


def _years_ago(reading: Reading, low: str) -> bool:
    """Whether all years that a sentence names lie before the year of the story."""
    years = [int(y) for y in re.findall(r"(?<![\d£,.])(?:19[89]\d|20[0-4]\d)(?!\d)", low)]
    return bool(years) and reading.year is not None and max(years) < reading.year - 1


#: "Had the standards not been met, it could have placed conditions": it did not.
_NEVER = re.compile(r"^had (?:the|it|they|there|its)(?!\w)[^.;]*(?:could|would|might) have(?!\w)")
_LIFTED = re.compile(
    r"[^.;]{0,90}(?<!\w)(?:has|have) (?:now |both |all )?"
    r"(?:been (?:lifted|removed|withdrawn|met|complied with|closed)|"
    r"come out of (?:the category|it|them))(?!\w)"
)


#: What a body may well promise by itself; what stands, once it is said that it will be.
_OWN_PLANS = frozenset(
    {"action-plan", "recommendation", "monitoring-visits", "immediate-improvement"}
)
#: "The improvement plan Ofsted required", "the report has 36 recommendations": not its own.
_THEIRS = re.compile(
    r"(?<!\w)(?:ofsted|cqc|care quality commission|estyn|rqia|care inspectorate|hiw|ciw|hmicfrs|"
    r"inspectors|inspectorate|inspection team|watchdog|regulator|the report)(?!\w)"
)
#: "Union calls for urgent action", "demanded by the Labour leader": no inspector demands it.
_PARTY = re.compile(
    r"(?<!\w)(?:unions?|labour|conservatives?|tor(?:y|ies)|lib(?:eral)? dem(?:ocrat)?s?|greens?|"
    r"plaid|snp|opposition|mps?|councillors?|campaigners?|parents|families|relatives|charit(?:y|ies)"
    r"|residents|neighbours|petition)(?!\w)"
)
_CALLS = re.compile(
    r"(?<!\w)(?:call(?:s|ed|ing)? for|demand(?:s|ed|ing)?|urg(?:es?|ed|ing)|wants?|wanted)(?!\w)"
)
_WILL_BE = frozenset({"closure", "academy-order", "re-inspection", "monitoring-visits",
                      "immediate-improvement"})  # fmt: skip


#: "Two recommendations and 12 requirements": the law's demands are none of the former.
_ALWAYS_MADE = frozenset({"requirements", "requirement-notice", "priority-action"})
_NEAR, _OF_A_LIST = 55, 120  #: code points before an action in which words may lift it
#: "Removed the school in Harwick from the list of schools that require significant improvement".
_IN_A_LIST = re.compile(r"(?<!\w)(?:list|category|register) (?:of|for) ")
_LISTED = frozenset({"significant-improvement", "service-requiring-significant-improvement"})


def _status(sentence: Sentence, hit: Hit) -> Status | None:
    """The status that the words before (and, for lifting, shortly after) the action give it."""
    low = sentence.low
    listed = hit.id in _LISTED or _IN_A_LIST.search(low, max(0, hit.start - _NEAR), hit.start)
    reach = _OF_A_LIST if listed else _NEAR
    before = low[max(0, hit.start - reach - 5) : hit.start]
    near = re.split(r"[;:]|(?<!\w)(?:but|and then|while)(?!\w)", before)[-1]
    after = low[hit.end : hit.end + 45]
    if _NEVER.search(low):
        return None
    if _LIFTED.match(low, hit.end):
        return "lifted"
    if cues(FILE, "denied").find(near[-30:]):
        return "lifted" if re.search(r"no longer", near) else None
    theirs = _THEIRS.search(low, max(0, hit.start - 40), hit.end + 40)
    if sentence.speaker == "body" and hit.id in _OWN_PLANS and not theirs:
        return None
    if hit.id == "recommendation":
        return "recommended"
    ended = cues(FILE, "lifted").find(near[-reach:]) or _ENDED.match(after)
    if ended and _NOT_ENOUGH.search(low[max(0, hit.start - 90) : hit.start]):
        return None
    if re.match(r"fac(?:e|es|ed|ing)(?!\w)", low[hit.start : hit.end]):
        return "threatened"
    if ended and not re.match(r"[^.;]{0,40}(?:could|would|may) (?:be )?lifted", after):
        return "lifted"
    if hit.id in _WILL_BE and re.search(
        r"(?<!\w)(?:will|ordered|must|has been|is to|required|urged)(?!\w)",
        low[max(0, hit.start - 20) : hit.end],
    ):
        return "imposed"
    if cues(FILE, "threatened").find(near[-45:]) and not _IMPOSED.search(near[-25:]):
        return "threatened"
    inside = re.search(r"(?<!\w)(?:could|may|might|would)(?!\w)", low[hit.start : hit.end])
    if inside or re.search(r"(?<!\w)(?:could|may|might) (?:follow|be next)", after):
        return "threatened"
    if re.match(r" (?:was|were|is|are|has been|have been|be) recommended(?!\w)", after):
        return "recommended"
    if hit.id in _ALWAYS_MADE:
        return "imposed"
    if cues(FILE, "recommended").find(near[-40:]) and not _IMPOSED.search(low):
        return "recommended"
    return "imposed"


_BACK_THEN = re.compile(r"\b(?:in|since|back in) (?:[A-Z][a-z]+ )?(?:19|20)\d\d\b|\bhad been\b")


#: "The CQC's recommendation": the one measure that it recommended.
_ALONE = re.compile(r"(?i)\brecommendation\b(?!s)")


def _settled(found: list[Action]) -> list[Action]:
    """What was imposed years ago and is lifted now is lifted; what is imposed is not also
    recommended or threatened for the same body."""
    lifted = {(a.kind, a.body) for a in found if a.status == "lifted"}
    found = [
        a
        for a in found
        if a.status != "imposed" or (a.kind, a.body) not in lifted or not _BACK_THEN.search(a.quote)
    ]
    imposed = {(a.kind, a.body) for a in found if a.status == "imposed"}
    measures = any(a.kind in _TAKEN and a.status == "recommended" for a in found)
    return [
        a
        for a in found
        if (a.status in ("imposed", "lifted") or (a.kind, a.body) not in imposed)
        and not (measures and a.kind == "recommendation" and _ALONE.search(a.quote))
    ]
