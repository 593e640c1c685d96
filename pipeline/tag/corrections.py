"""What readers corrected: wrong tags, kept as counterexamples and honoured by the tagger.

A record holds the sentence in which the tag was wrong, so it works in every copy of the sentence,
and says nothing of any other: to teach the tagger a kind, change a vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import yaml

from pipeline import knowledge
from pipeline.errors import KnowledgeError, TagError
from pipeline.models import Action, Answer, Finding, Judgement, Mention, Statistic, Story, Tags
from pipeline.tag.sentences import Span, fold, sentences

FILE = "corrections.yaml"
FindingKind = Literal["judgement", "strength", "weakness", "action", "statistic", "response"]
AnyFinding = Judgement | Finding | Action | Statistic | Answer
T = TypeVar("T", Judgement, Finding, Action, Statistic, Answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """One record. Exactly one of `not_agency`, `is_` and `not_finding` is set."""

    sentence: str
    quote: str
    offset: int  #: of `quote` in `sentence`, in code points
    not_agency: str | None = None
    is_: str | None = None
    not_finding: FindingKind | None = None
    reason: str | None = None
    added: str | None = None

    def spans(self, folded: str) -> Iterator[Span]:
        """Where the corrected words stand in a text (given folded: see `sentences.fold`)."""
        sentence, at = fold(self.sentence), 0
        while (at := folded.find(sentence, at)) >= 0:
            start = at + self.offset
            yield Span(start, start + len(self.quote))
            at += len(sentence)

    def as_record(self) -> dict[str, Any]:
        """As it stands in the file."""
        named = {"sentence": self.sentence, "quote": self.quote, "offset": self.offset,
                 "not_agency": self.not_agency, "is": self.is_, "not_finding": self.not_finding,
                 "reason": self.reason, "added": self.added}  # fmt: skip
        return {k: v for k, v in named.items() if v is not None}


def load(path: Path | None = None) -> tuple[Correction, ...]:
    """All records, checked. Raises KnowledgeError naming file and record.

    Read again when the file changed: `correct` runs beside a `watch` that is at work for weeks.
    """
    path = path or knowledge.folder() / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as e:
        raise KnowledgeError(f"cannot be read: {e.strerror}", path=str(path)) from e


def fingerprint() -> str:
    """16 hex digits that change when a record is added, changed or taken away."""
    return knowledge.digest([record.as_record() for record in load()])


# ---------------------------------------------------------------- honouring


def apply(
    story: Story, mentions: Sequence[Mention], records: Sequence[Correction] | None = None
) -> tuple[Mention, ...]:
    """The mentions as readers corrected them, in the order of the text.

    `not_agency` takes a body away from the words. `is` gives the words to a body: a mention that
    stands there keeps its role, a missing one is added as `mentioned`.
    """
    kept = list(mentions)
    for record, span in _found(story, records):
        if record.not_agency:
            kept = [m for m in kept if m.id != record.not_agency or not _overlap(m, span)]
        elif record.is_:
            kept = _given(story, kept, record.is_, span)
    return tuple(sorted(kept, key=lambda m: (m.start, m.end)))


def apply_findings(
    story: Story, findings: Sequence[T], records: Sequence[Correction] | None = None
) -> tuple[T, ...]:
    """The findings of one sort, without those that readers rejected."""
    kept = list(findings)
    for record, span in _found(story, records):
        if record.not_finding:
            kept = [f for f in kept if kind(f) != record.not_finding or not _overlap(f, span)]
    return tuple(kept)


def kind(finding: AnyFinding) -> FindingKind:
    """The kind of a finding as the archive and `show` call it."""
    match finding:
        case Judgement():
            return "judgement"
        case Finding():
            return finding.polarity
        case Action():
            return "action"
        case Statistic():
            return "statistic"
        case Answer():
            return "response"


def _found(story: Story, records: Sequence[Correction] | None) -> Iterator[tuple[Correction, Span]]:
    records = load() if records is None else records
    if not records:
        return
    folded = fold(story.text)
    for record in records:
        for span in record.spans(folded):
            yield record, span


def _given(story: Story, mentions: list[Mention], id_: str, span: Span) -> list[Mention]:
    there = next((m for m in mentions if _overlap(m, span)), None)
    name = _name(id_)
    if there is None:
        quote = story.text[span.start : span.end]
        new = Mention(id=id_, name=name, role="mentioned", start=span.start, end=span.end,
                      quote=quote, rule="correction", confidence="stated")  # fmt: skip
        return [*mentions, new]
    right = replace(there, id=id_, name=name, rule="correction", confidence="stated")
    return [right if m is there else m for m in mentions]


def _name(id_: str) -> str:
    from pipeline.tag.gazetteer import gazetteer  # the gazetteer is large; most runs don't need it

    record = gazetteer().get(id_)
    if record is None:
        raise KnowledgeError(f"names a body that is not in the gazetteer: {id_}", path=FILE)
    return str(record.name)


def _overlap(tag: Mention | AnyFinding, span: Span) -> bool:
    return tag.start < span.end and span.start < tag.end


# ---------------------------------------------------------------- recording


def record(
    story: Story,
    tags: Tags,
    span: tuple[int, int],
    *,
    not_agency: str | None = None,
    not_finding: str | None = None,
    is_: str | None = None,
    reason: str | None = None,
    path: Path | None = None,
) -> Correction:
    """Appends a correction to the file after checking that such a tag stands there.

    Args:
        span: code points of `story.text`, as `show` prints them.
        not_finding: a kind (judgement, strength, weakness, action, statistic, response), or the
            rule that made the finding.
        path: another file than the one in `knowledge/`.

    Raises:
        TagError: the span lies outside the text, no such tag stands there, or the body is unknown.
        KnowledgeError: the file cannot be written.
    """
    where = Span(*span)
    if not 0 <= where.start < where.end <= len(story.text):
        raise TagError(f"{where.start}:{where.end} is not a span of its {len(story.text)}"
                       " characters of text", record=story.id)  # fmt: skip
    wrong: dict[str, Any] = {}
    if not_agency:
        where = _check_mention(story, tags, where, not_agency)
        wrong["not_agency"] = not_agency
    elif not_finding:
        where, wrong["not_finding"] = _check_finding(story, tags, where, not_finding)
    elif is_:
        where = _check_new(story, tags, where, is_)
        wrong["is_"] = is_
    correction = _made(story.text, where, reason, wrong)
    _append(correction, path)
    return correction


def _made(text: str, where: Span, reason: str | None, wrong: dict[str, Any]) -> Correction:
    context = _context(text, where)
    return Correction(
        sentence=text[context.start : context.end],
        quote=text[where.start : where.end],
        offset=where.start - context.start,
        reason=reason,
        added=date.today().isoformat(),
        **wrong,
    )


def _check_mention(story: Story, tags: Tags, span: Span, id_: str) -> Span:
    here = [m for m in tags.mentions if _overlap(m, span)]
    for mention in here:
        if mention.id == id_:
            return Span(mention.start, mention.end)
    raise TagError(f"{id_} is not tagged at {span.start}:{span.end}; {_there(here)}",
                   record=story.id)  # fmt: skip


def _check_finding(story: Story, tags: Tags, span: Span, which: str) -> tuple[Span, FindingKind]:
    findings: list[AnyFinding] = [*tags.judgements, *tags.findings, *tags.actions]
    here = [f for f in [*findings, *tags.statistics, *tags.responses] if _overlap(f, span)]
    for finding in here:
        if which in (kind(finding), finding.rule):
            return Span(finding.start, finding.end), kind(finding)
    there = ", ".join(f"{kind(f)} {f.start}:{f.end} (rule {f.rule})" for f in here)
    raise TagError(f"no {which} is tagged at {span.start}:{span.end};"
                   f" {'there stand: ' + there if there else 'no finding stands there'}",
                   record=story.id)  # fmt: skip


def _check_new(story: Story, tags: Tags, span: Span, id_: str) -> Span:
    try:
        _name(id_)
    except KnowledgeError:
        raise TagError(f"{id_} is not in the gazetteer: `agencies test` finds ids",
                       record=story.id) from None  # fmt: skip
    here = [m for m in tags.mentions if _overlap(m, span)]
    if any(m.id == id_ for m in here):
        raise TagError(f"{id_} is what is tagged at {span.start}:{span.end} already",
                       record=story.id)  # fmt: skip
    return Span(here[0].start, here[0].end) if here else span


def _there(mentions: Sequence[Mention]) -> str:
    if not mentions:
        return "no body is tagged there"
    return "there stand: " + ", ".join(f"{m.id} {m.start}:{m.end}" for m in mentions)


def _context(text: str, span: Span) -> Span:
    """The sentences that the span touches."""
    touched = [s for s in sentences(text) if s.start < span.end and span.start < s.end]
    if not touched:
        return span
    return Span(min(span.start, touched[0].start), max(span.end, touched[-1].end))


# ---------------------------------------------------------------- the file


def _append(correction: Correction, path: Path | None) -> None:
    text = yaml.safe_dump([correction.as_record()], allow_unicode=True, sort_keys=False, width=96)
    target = path or knowledge.folder() / FILE
    try:
        with target.open("a", encoding="utf-8") as f:
            f.write(text)
    except OSError as e:
        raise KnowledgeError(f"cannot be written: {e.strerror}", path=str(target)) from e
    _read.cache_clear()  # two changes within one tick of the file system's clock


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[Correction, ...]:
    try:
        return _parsed(yaml.safe_load(path.read_text(encoding="utf-8")), path)
    except yaml.YAMLError as e:
        problem = " ".join(str(e).split())
        raise KnowledgeError(f"is not valid YAML: {problem}", path=str(path)) from e


def _parsed(content: Any, path: Path) -> tuple[Correction, ...]:
    if content is None:
        return ()
    if not isinstance(content, list):
        raise KnowledgeError("must be a list of records", path=str(path))
    return tuple(_checked(record, number, path) for number, record in enumerate(content, 1))


def _checked(record: Any, number: int, path: Path) -> Correction:
    def wrong(problem: str) -> KnowledgeError:
        return KnowledgeError(problem, path=str(path), record=str(number))

    if not isinstance(record, dict):
        raise wrong("is not a record")
    fields = {"is_" if k == "is" else k: v for k, v in record.items()}
    if unknown := fields.keys() - Correction.__dataclass_fields__.keys():
        raise wrong(f"has an unknown key: {', '.join(sorted(map(str, unknown)))}")
    if missing := {"sentence", "quote", "offset"} - fields.keys():
        raise wrong(f"lacks {', '.join(sorted(missing))}")
    if sum(bool(fields.get(k)) for k in ("not_agency", "is_", "not_finding")) != 1:
        raise wrong("must have exactly one of not_agency, is and not_finding")
    if fields.get("not_finding") not in (None, *get_args(FindingKind)):
        raise wrong(f"not_finding must be one of {', '.join(get_args(FindingKind))}")
    offset, quote = fields["offset"], fields["quote"]
    if fields["sentence"][offset : offset + len(quote)] != quote:
        raise wrong("quote does not stand at offset in sentence")
    return Correction(**{**fields, "added": str(fields["added"]) if "added" in fields else None})
