"""The nouns: frozen dataclasses that pass between stages.

Nothing here imports anything else of ours. Every value is complete when it is made; sequences are
tuples; instants are aware UTC `datetime`s. Where a newspaper or a feed gave a date, it stays a
string (`published_at`): ISO 8601 with its own offset, or a bare `YYYY-MM-DD` where no time was
given, because a date that was turned into midnight would claim to know more than it does.

`start` and `end` count code points of the text as given: `text[start:end] == quote`, always.
"""

from __future__ import annotations

from pipeline.models.stories import (
    Access,
    Action,
    Agency,
    Article,
    Confidence,
    Disagreement,
    Finding,
    Image,
    Judgement,
    Link,
    Mention,
    Place,
    Removal,
    Role,
    Statistic,
    Story,
    Tags,
    Theme,
)
from pipeline.models.watching import (
    DIGEST_BYTES,
    FEED_CONTENT,
    Config,
    Entry,
    Failure,
    FailureGrade,
    FailureKind,
    FeedKind,
    FeedState,
    FeedUpdate,
    Gap,
    Health,
    HealthState,
    Hints,
    Listing,
    Outcomes,
    Page,
    Report,
    Response,
    Rhythm,
    RobotsRecord,
    Source,
)

__all__ = [
    "DIGEST_BYTES",
    "FEED_CONTENT",
    "Access",
    "Action",
    "Agency",
    "Article",
    "Confidence",
    "Config",
    "Disagreement",
    "Entry",
    "Failure",
    "FailureGrade",
    "FailureKind",
    "FeedKind",
    "FeedState",
    "FeedUpdate",
    "Finding",
    "Gap",
    "Health",
    "HealthState",
    "Hints",
    "Image",
    "Judgement",
    "Link",
    "Listing",
    "Mention",
    "Outcomes",
    "Page",
    "Place",
    "Removal",
    "Report",
    "Response",
    "Rhythm",
    "RobotsRecord",
    "Role",
    "Source",
    "Statistic",
    "Story",
    "Tags",
    "Theme",
]
