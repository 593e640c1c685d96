"""What a body must now do or undergo: notices, directions, orders, and whether they stand."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.models import Action
from pipeline.tag.cues import Hit, cues
from pipeline.tag.reading import Reading, Sentence

Status = Literal["imposed", "recommended", "lifted", "threatened"]

FILE = "actions.yaml"
_ENDED = re.compile(r"[^.,;]{0,20}(?:lifted|removed|withdrawn|revoked|ended)(?!\w)")
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
    for sentence in reading.sentences:
        if sentence.furniture or cues(FILE, "explained").find(sentence.low):
            continue
        for hit in cues(FILE, "actions").all(sentence.low):
            status = _status(sentence, hit)
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


#: "Had the standards not been met, it could have placed conditions": it did not.
_NEVER = re.compile(r"^had (?:the|it|they|there|its)(?!\w)[^.;]*(?:could|would|might) have(?!\w)")
_LIFTED = re.compile(
    r"[^.;]{0,90}(?<!\w)(?:has|have) (?:now |both |all )?"
    r"(?:been (?:lifted|removed|withdrawn)|come out of (?:the category|it|them))(?!\w)"
)


def _status(sentence: Sentence, hit: Hit) -> Status | None:
    """The status that the words before (and, for lifting, shortly after) the action give it."""
    low = sentence.low
    before = low[max(0, hit.start - 60) : hit.start]
    near = re.split(r"[;:]|(?<!\w)(?:but|and then|while)(?!\w)", before)[-1]
    after = low[hit.end : hit.end + 45]
    if _NEVER.search(low):
        return None
    if _LIFTED.match(low, hit.end):
        return "lifted"
    if cues(FILE, "denied").find(near[-30:]):
        return "lifted" if re.search(r"no longer", near) else None
    if sentence.speaker == "body" and hit.id in (
        "action-plan",
        "recommendation",
        "monitoring-visits",
    ):
        return None
    if hit.id == "recommendation":
        return "recommended"
    ended = cues(FILE, "lifted").find(near[-40:]) or _ENDED.match(after)
    if ended and not re.match(r"[^.;]{0,40}(?:could|would|may) (?:be )?lifted", after):
        return "lifted"
    if hit.id in (
        "closure",
        "academy-order",
        "re-inspection",
        "monitoring-visits",
        "immediate-improvement",
    ) and re.search(
        r"(?<!\w)(?:will|ordered|must|has been|is to|required|urged)(?!\w)",
        low[max(0, hit.start - 20) : hit.end],
    ):
        return "imposed"
    if cues(FILE, "threatened").find(near[-45:]) and not _IMPOSED.search(near[-25:]):
        return "threatened"
    inside = re.search(r"(?<!\w)(?:could|may|might|would)(?!\w)", low[hit.start : hit.end])
    if inside or re.search(r"(?<!\w)(?:could|may|might) (?:follow|be next)", after):
        return "threatened"
    if cues(FILE, "recommended").find(near[-40:]) and not _IMPOSED.search(low):
        return "recommended"
    return "imposed"


def _settled(found: list[Action]) -> list[Action]:
    """Imposed once said, a kind is not also recommended or threatened for the same body."""
    imposed = {(a.kind, a.body) for a in found if a.status == "imposed"}
    return [
        a for a in found if a.status in ("imposed", "lifted") or (a.kind, a.body) not in imposed
    ]
