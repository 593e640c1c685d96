"""A story as it is read: sentences with their speaker, what is furniture, which body is meant.

Made once a story; every module that looks for outcomes starts from it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pipeline.models import Agency, Mention, Story
from pipeline.tag.cues import cues
from pipeline.tag.inspected import inspection_date
from pipeline.tag.literals import Sought
from pipeline.tag.quotations import quotations
from pipeline.tag.sentences import Span, fold, sentences_of, straight

Speaker = Literal["inspectors", "body", "other"]

#: "/2024/05/17/alder-primary-rated-good".
_URL_DAY = re.compile(r"/(20[0-4]\d)/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/")
_URL_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d/£,.])(?<!act )(?<!act \()(?:19[89]\d|20[0-4]\d)(?![\d,]\d)")
_QUOTED = re.compile(r'"[^"]{0,1500}"?')
_NAME = r"(?:[A-Z][a-z'’-]+\s){1,2}[A-Z][A-Za-z'’-]+"
_PERSON = re.compile(_NAME + r"(?:,[^,]{2,60},)?(?:\s(?:also|has|had))?\s$")
_PASSIVE = re.compile(
    r"(?<!\w)(?:was|were|been|is|are|be|being|get|got)(?: (?:also|highly|widely|then|now|all|"
    r"both|however|meanwhile|[a-z]+ly)|, (?:however|though|meanwhile|too|[a-z]+ly),)? $"
)
_FULL = re.compile(_NAME)
#: "Mr Rowe's report said", "the find": no verb.
_IS_NOUN = re.compile(
    r"(?:'s|(?<!\w)(?:the|an?|its|their|this|that|his|her|latest|new|critical|damning|ofsted|cqc)) "
    r"(?:(?:[a-z0-9'-]+ ){0,2}reports?|finds?|notes?|comments?|highlights?|states?|"
    r"hopes?|claimed|raised)$"
)
#: "Patients told us that staff were kind": what inspectors heard is what they found.
_USERS_TOLD = re.compile(
    r"(?<!\w)(?:patients?|residents?|pupils?|students?|learners?|children|prisoners?|detainees|"
    r"people|families|relatives|carers?|parents?|users?|staff) (?:also |we spoke (?:to|with) )*"
    r"told (?:us|them)(?!\w)"
)
_INTRODUCED = re.compile(rf"({_NAME}), ([^,.\"“]{{4,90}})(?=[,.]|$)")
_TITLED = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|sir|dame|cllr|councillor) |^\"?)(?:[a-z'-]+ )?([a-z'-]+) "
    r"(?:also |has |had )?$"
)
_TITLED_NEXT = re.compile(r" (?:mr|mrs|ms|miss|dr|sir|dame|cllr) (?:[a-z'-]+ )?([a-z'-]+)")
_SPEAKING = re.compile(r"\s" + _NAME)
_INSPECTORS_ACT = re.compile(
    r"(?:but |however, |the |two |a team of )?(?:ofsted |cqc |estyn )?(?:inspectors?|"
    r"inspection|ofsted|cqc|watchdog|report|letter)(?!\w)"
)
#: "But inspectors, who watched 40 lessons and met governors, added …".
_INSPECTORS_WHO = re.compile(
    r"(?:but |however, |and )?(?:the |ofsted |cqc |estyn )*(?:inspectors|reviewers|assessors|"
    r"inspection team),? who(?!\w)[^\"]{3,160},? (?:also |then )?(?:said|added|found|noted|"
    r"reported|wrote|praised|concluded|saw|told|judged)(?!\w)"
)
#: "One shopkeeper said": whoever it is, no inspector.
_SOMEBODY = re.compile(
    r"(?<!\w)(?:one|another|an?|the) (?:(?!team|panel|commission|body|organisation|agency|report|"
    r"document|letter|summary|finding|authors?|"
    r"page|statement|notice|verdict|review|inspect)[a-z-]+ ){1,3}$"
)
_THEY_SAY = re.compile(
    r"(?:but |and |however, )?they (?:also |then |have )?(?:found|finds?|noted?|praised?|"
    r"commend(?:ed)?|"
    r"criticised|identified|identify|observed|reported|saw|heard|highlighted|raised|described|"
    r"concluded|recommended|said|say|looked|judged|went through|spoke (?:to|with)|watched|read|"
    r"examined|visited|talked (?:to|with)|sampled|were (?:impressed|told|shown|concerned))(?!\w)"
)
#: "Those we talked to were pleased": an inspectorate tells of its own visit.
_WE_INSPECTED = re.compile(
    r"(?<!\w)we (?:also |have |had |last |then )?(?:inspected|visited|observed|judged|rated|"
    r"(?:spoke|talked) (?:to|with)(?= (?:patients|people|residents|staff|children|pupils|were|was|"
    r"told|said|felt|families|relatives))|found (?:that|some|many|several|staff|people|children|no|"
    r"evidence|the (?:service|home|provider|trust|prison|practice)))(?!\w)"
    r"|(?<!\w)our (?:inspectors|inspection teams?)(?!\w)"
)
_CAPTION = 160  #: code points of a line before its last sentence, if it is a caption
_LONG_QUOTATION = 60  #: code points: a shorter one holds no two sentences
_TEAM = re.compile(r"(?<!\w)(?:inspectors|reviewers|assessors)(?!\w)")
_PRONOUN = re.compile(r"\"?(?:he|she|i|we|our|they|it|the council|my)(?!\w)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`low` is the folded text of the sentence alone; offsets are those of the story."""

    start: int
    end: int
    low: str
    furniture: bool
    heading: bool  #: a short line without end mark
    speaker: Speaker
    attributed: bool  #: the sentence itself says who speaks
    mentions: tuple[Mention, ...]
    about: tuple[str, ...]  #: ids of the inspected bodies that it is about


@dataclass(frozen=True)
class Reading:
    story: Story
    low: str  #: the whole text, folded
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    inspectorates: tuple[Agency, ...]
    bodies: tuple[Agency, ...]
    year: int | None  #: of the story: its date, else the latest year that address or text names
    date: str | None  #: ISO date of the story, else None
    inspected: str | None = None  #: ISO date of the inspection, as far as the story tells it

    @cached_property
    def ids(self) -> frozenset[str]:
        """Those of the inspected bodies."""
        return frozenset(b.id for b in self.bodies)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Those of the inspected bodies."""
        return frozenset(b.kind for b in self.bodies)

    @cached_property
    def words_of_names(self) -> frozenset[str]:
        """The words, in small letters, of the names of the inspected bodies."""
        return frozenset(w for b in self.bodies for w in re.findall(r"\w+", b.name.lower()))

    @cached_property
    def short_names(self) -> tuple[tuple[str, str], ...]:
        """`short_names` of the inspected bodies."""
        return short_names(self.bodies)

    @property
    def day(self) -> str | None:
        """The day that decides which framework and scale were in force: that of the inspection."""
        return self.inspected or self.date or (f"{self.year}-06-30" if self.year else None)

    def bare(self, sentence: Sentence) -> str:
        """The folded sentence, names blotted out: "Little Otters" is not little."""
        low = sentence.low
        for m in sentence.mentions:
            if m.confidence != "implied":
                a, b = m.start - sentence.start, min(m.end - sentence.start, len(low))
                low = low[:a] + "#" * (b - a) + low[b:]
        return low

    def quote(self, start: int, end: int) -> str:
        return self.story.text[start:end]


def read(
    story: Story,
    mentions: tuple[Mention, ...],
    inspectorates: tuple[Agency, ...],
    bodies: tuple[Agency, ...],
) -> Reading:
    """The reading of a story whose agencies are known."""
    low = fold(story.text)
    spans = sentences_of(story.text)
    starts = [m.start for m in mentions]
    inspected = {b.id for b in bodies}
    quoted = [q for q in quotations(story.text) if q.end - q.start > _LONG_QUOTATION]
    voices = _Voices()
    made: list[Sentence] = []
    focus: tuple[str, ...] = tuple(b.id for b in bodies)
    short = short_names(bodies)
    for i, span in enumerate(spans):
        inside = mentions[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        text = low[span.start : span.end].replace("\n", " ")
        after = low[spans[i + 1].start : spans[i + 1].end] if i + 1 < len(spans) else ""
        deep = span.start - low.rfind("\n", 0, span.start) > _CAPTION
        furniture = _is_furniture(text, "" if deep else after)
        opened = max((q.end for q in quoted if q.start < span.start < q.end - 1), default=0)
        speaker, attributed = voices.hear(story.text, low, span, opened)
        named = tuple(dict.fromkeys(m.id for m in inside if m.id in inspected))
        if not named and short:
            written = straight(story.text[span.start : span.end])
            named = tuple(i for i, n in short if n in written and as_word(n).search(written))
        focus = named if named and not furniture else focus
        heading = len(text) < 90 and text[-1] not in ".!?\"':;,"
        made.append(
            Sentence(
                span.start, span.end, text, furniture, heading, speaker, attributed, inside, focus
            )
        )
    date = _date(story)
    visited = inspection_date([s.low for s in made if not s.furniture], date)
    return Reading(
        story, low, tuple(made), mentions, inspectorates, bodies, _year(story, low), date, visited
    )


_KINDS = re.compile(
    r"(?i)(?:\s(?:county|city|borough|metropolitan|district|council|primary|secondary|high|grammar|school|"
    r"academy|college|nursery|hospital|hospice|care|nursing|residential|home|surgery|medical|centre|"
    r"practice|police|constabulary|service|general|royal|infirmary|maternity|unit|clinic|"
    r"community|university|prep|preparatory|infant|junior|infants|juniors|sixth|form))+$"
)
_LEADS = re.compile(r"(?i)^(?:london borough of |royal borough of |the )")


@lru_cache(maxsize=8)
def short_names(bodies: tuple[Agency, ...]) -> tuple[tuple[str, str], ...]:
    """Of each of several bodies the name without its kind: "In Alder the inspectors saw …"."""
    if len(bodies) < 2:
        return ()
    names = {b.id: _LEADS.sub("", _KINDS.sub("", b.name)) for b in bodies}
    whole = "\n".join(names.values())  # in which a name stands twice that is part of another
    return tuple(
        (i, n) for i, n in names.items()
        if len(n) > 3 and whole.find(n, whole.find(n) + 1) < 0
    )  # fmt: skip


@lru_cache(maxsize=512)  # a story names the same few again and again
def as_word(name: str) -> re.Pattern[str]:
    """An expression for a name that is no part of a longer word."""
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def _is_furniture(text: str, after: str) -> bool:
    """A line of the page around the story; also a caption, whose credit stands in the next line."""
    rules = cues("reading.yaml", "furniture", anchored=True)
    if rules.opens(text, 0, len(text)):
        return True
    if _CREDITED.search(text):
        return True
    return len(text) < 400 and _CREDIT.match(after) is not None


_CREDITED = Sought(r"(?:picture|photo|photograph|image|credit): [^.]{2,60}$")
_CREDIT = re.compile(r"(?:picture|photo|photograph|image)s?\s*:")


class _Voices:
    """Who speaks: told by the sentence itself, or else going on from the one before."""

    def __init__(self) -> None:
        self.last: Speaker = "inspectors"
        self.team = False  # inspectors are who "they" are
        self.people: dict[str, Speaker] = {}  # surnames once introduced: "Mr Jones said"

    def hear(self, text: str, low: str, span: Span, opened: int = 0) -> tuple[Speaker, bool]:
        """`opened`: where a quotation ends that an earlier sentence opened; 0: none did."""
        said = low[span.start : span.end]
        going_on = opened > span.start
        within = min(len(said), max(0, opened - span.start))
        bare = " " * within + _QUOTED.sub(lambda m: " " * len(m[0]), said[within:])
        whole = not bare.strip(" .,'")  # nothing but a quotation
        if self.team and _THEY_SAY.match(bare):
            self.last = "inspectors"
            return "inspectors", True
        if bare.strip(" .,'"):
            self.team = bool(_TEAM.search(bare))
        written = text[span.start : span.end]
        told = None if whole else _attribution(written, bare, self.people)
        if told:
            self.people.update(
                {n.rsplit(maxsplit=1)[-1].lower(): told for n in _FULL.findall(written)[:3]}
            )
        if told:
            self.last = told
            return told, True
        self._introduce(written)
        if _INSPECTORS_ACT.match(said):
            self.last = "inspectors"
        if whole or going_on or said.startswith('"') or _PRONOUN.match(said):
            return self.last, False
        if self.last != "inspectors" and len(said) > 60 and not _first_person(said):
            self.last = "inspectors"  # narrative again
        return self.last, False

    def _introduce(self, written: str) -> None:
        """Who somebody is, told without a word of speech: "Ann Rowe, chief inspector, asked …"."""
        for m in _INTRODUCED.finditer(written):
            voice = _who(fold(m[2]))
            if voice:
                self.people.setdefault(m[1].rsplit(maxsplit=1)[-1].lower(), voice)


def _first_person(said: str) -> bool:
    return bool(re.search(r"(?<!\w)(?:we|our|us|my|i'm|i)(?!\w)", said))


#: "One in three of those who answered a survey said": a figure of whoever tells of the survey.
_SURVEYED = re.compile(
    r"(?:^|\s)(?:one in [a-z]+|\d+ ?(?:%|per ?cent)|half|most|a (?:third|quarter)|"
    r"(?:two|three)[- ](?:thirds|quarters)) of (?:the )?[a-z]+(?: who [a-z ]{3,40})? $"
)


def _attribution(text: str, bare: str, people: dict[str, Speaker]) -> Speaker | None:
    """The speaker that the words outside quotation marks name, if they name one."""
    if _INSPECTORS_WHO.match(bare) or _WE_INSPECTED.search(bare):
        return "inspectors"
    for verb in cues("reading.yaml", "verbs").all(bare):
        before, after = bare[: verb.start], bare[verb.end : verb.end + 90]
        if _PASSIVE.search(before) or _IS_NOUN.search(bare[: verb.end]):
            continue
        if _SURVEYED.search(before):
            return None
        if re.match(r" (?:the |ofsted |cqc )?inspectors", after) or _USERS_TOLD.search(
            before + bare[verb.start : verb.end + 6]
        ):
            return "inspectors"
        closing = re.search(r'(?:^|"|\s\s)[\s,.]*$', before)  # the verb follows a quotation
        found = _who(after, first=True) if closing else _who(before[-110:])
        if found is None and before.rstrip().endswith(","):
            found = _who(after, first=True)
        known = _TITLED.search(before) or (_TITLED_NEXT.match(after) if closing else None)
        found = people.get(known[1], found) if known else found
        if found:
            return found
        if _SOMEBODY.search(before) and bare[verb.start : verb.end] in ("said", "says", "added"):
            return "other"
        person = _SPEAKING.match(text, verb.end) if closing else _PERSON.search(text[: verb.start])
        if person:
            return "other"
    return None


def _who(subject: str, *, first: bool = False) -> Speaker | None:
    """The voice named nearest to the verb: the last before it, the first after it."""
    hits: list[tuple[int, int, Speaker]] = []
    for voice in _VOICES:
        hits.extend((h.end, -h.start, voice) for h in cues("reading.yaml", voice).all(subject))
    if not hits:
        return None
    return min(hits, key=lambda h: (-h[1], -h[0]))[2] if first else max(hits)[2]


_VOICES: tuple[Speaker, ...] = ("inspectors", "body", "other")


def _date(story: Story) -> str | None:
    found = re.match(r"\d{4}-\d\d-\d\d", story.published_at or "")
    if found:
        return found[0]
    told = _URL_DAY.search(story.url or "")
    return "-".join(told.groups()) if told else None


def _year(story: Story, low: str) -> int | None:
    """The story's year: its own date, else the latest that address or first lines name."""
    date = _date(story)
    if date:
        return int(date[:4])
    years = [int(y) for y in _URL_YEAR.findall(story.url or "") + _YEAR.findall(low[:6000])]
    return max(years, default=None)
