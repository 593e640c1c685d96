"""What kind of body a name is of that does not tell: by the words beside it, by the whole story."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.sentences import straight

#: What a story calls bodies, by kind: "a care home".
KIND_WORDS = {
    "care-home": r"care home|nursing home|residential home|retirement home|care facility",
    "childrens-home": r"children['’]s home|secure children['’]s home|home for children",
    "school": r"primary school|secondary school|high school|special school|independent school|"
    r"boarding school|prep school|school|academy",
    "nursery": r"day nursery|nursery|pre-?school|playgroup",
    "surgery": r"gp practice|gp surgery|doctors' surgery|health centre|medical practice",
    "dentist": r"dental practice|dental surgery", "hospice": r"hospice",
    "home-care": r"home ?care (?:agency|provider|service|company)|"
    r"domiciliary care (?:agency|provider|service)|care agency",
    "fostering": r"fostering agency|adoption agency",
}  # fmt: skip
#: What names of homes end with.
HOME_LIKE = (
    r"House|Lodge|Court|Grange|Manor|Hall|View|Villa|Cottage|Mews|Haven|Rest|Lawns|"
    r"Gardens|Place|Bank|Priory|Hey|Croft|Towers|Mount|Limes|Elms|Oaks|Beeches|Laurels"
)


def kind_by_context(text: str, name: str) -> str:
    """The kind of body that the story speaks of most; "provider" where it speaks of none.

    The name itself does not count: The Old School House may be a care home.
    """
    low, own = _low(text), straight(name).lower()
    inside = [len(re.findall(f["context"], own)) for f in with_context()]
    times = low.count(own) + 3 * low[:_BEGIN].count(own) if any(inside) else 0
    counts = [
        (said - times * within, f["kind"])
        for said, within, f in zip(context_counts(low), inside, with_context(), strict=True)
    ]
    best = max(counts, key=lambda c: c[0])
    return best[1] if best[0] > 0 else "provider"


@lru_cache(maxsize=4)
def _low(text: str) -> str:
    return straight(text).lower()


@lru_cache(maxsize=4)
def context_counts(low: str) -> tuple[int, ...]:
    """How often the text speaks of each kind; its beginning weighs. Kept: every name asks it."""
    begin = low[:_BEGIN]
    return tuple(
        len(re.findall(f["context"], low)) + 3 * len(re.findall(f["context"], begin))
        for f in with_context()
    )


_BEGIN = 300  #: code points that tell what a story is about


@lru_cache(maxsize=1)
def with_context() -> tuple[dict[str, str], ...]:
    return tuple(f for f in load_yaml("agencies/forms.yaml") if "context" in f)
