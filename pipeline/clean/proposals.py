"""Records for `knowledge/sites.yaml` that would help a site's pages, each tried on all of them.

What is sure cuts no running text (`lines.is_prose`), or brings back a piece from the midst of a
story; the rest only a person can decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipeline.clean.doubtful import Doubt, of_itself
from pipeline.clean.lines import (
    BULLET,
    SENTENCES,
    count,
    is_finished,
    is_prose,
    norm,
    plain_quotes,
    squeeze,
)
from pipeline.clean.rules import Rule, all_rules
from pipeline.clean.sample import Sample
from pipeline.clean.trial import Trial, attempt
from pipeline.models import Removal
from pipeline.urls import host

NO_HOST = "site.example"  #: stands for the host of a page that does not say where it came from
_MOST_TRIALS = 80
_MOST_NAMED = 20  #: elements on a page beyond which a selector names no box
_MOST_OPEN = 4  #: named parts that are shown to be decided by a person
_MOST_ALIKE = 3  #: elements of one name on a page: a part, not a way of writing paragraphs
_MOST_LINES = 4  #: records for lines that stand on one page alone, as other stories' titles do
_LONGEST_LINE = 400  #: characters: no longer line meets a `line` rule
_SHARE = 0.3  #: of a page's words that one record may cut
_PIECE = 25  #: words of a removal that may have been a piece of the story
#: kinds of what was cut that may have been the story's
_REGRETTED = {"elsewhere", "unread", "related", "hidden", "promo", "navigation", "author", "advert",
              "share", "most-read", "support"}  # fmt: skip
_PARTS = {"div", "section", "aside", "details"}
_SELECTOR = re.compile(r"^\w*[.#]\w")
_SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record and what it would do to the page that it was made from, and to the others."""

    rule: Rule
    why: str
    sample: Sample
    trial: Trial
    pages: int  #: on how many pages it would do something
    sure: bool


@dataclass
class _Site:
    """The pages of one host, and what was found out about them."""

    samples: Sequence[Sample]
    host: str
    ids: set[str] = field(default_factory=lambda: {r.id for r in all_rules()})
    done: set[str] = field(default_factory=set)  #: normalised texts that a proposal deals with
    tried: set[tuple[str, str]] = field(default_factory=set)

    lines: int = 0  #: records for lines of one page that were accepted

    def rule(self, how: str, pattern: str, kind: str, words: str) -> Rule:
        id_ = f"{self.host.split('.')[0]}-{_slug(pattern if how != 'line' else words)}"
        free = (f"{id_}-{n}" if n > 1 else id_ for n in range(1, 1000))
        return Rule(next(i for i in free if i not in self.ids), kind, how, pattern, self.host, None,
                    (words if how == "line" else words[:120],), ())  # fmt: skip

    def is_new(self, how: str, pattern: str) -> bool:
        """Whether it was not tried yet; never true once enough was."""
        before = len(self.tried)
        if before < _MOST_TRIALS:
            self.tried.add((how, pattern))
        return len(self.tried) > before

    def trials(self, first: Sample, rule: Rule) -> list[Trial]:
        """Of that page, then of the others."""
        return [attempt(s, rule) for s in (first, *(s for s in self.samples if s is not first))]

    def regretted(self, sample: Sample) -> tuple[Removal, ...]:
        return regretted(sample, (s for s in self.samples if s is not sample))

    def accept(
        self, rule: Rule, why: str, sample: Sample, trials: Sequence[Trial], *, sure: bool
    ) -> Proposal:
        self.ids.add(rule.id)
        self.done.update(norm(t) for trial in trials for t in (*trial.lost, *trial.gained))
        pages = sum(bool(t.lost or t.gained) for t in trials)
        return Proposal(rule, why, sample, trials[0], pages, sure)


def proposals(samples: Sequence[Sample]) -> list[Proposal]:
    """For pages of one host: sure ones first."""
    site = _Site(samples, host(samples[0].page.url).removeprefix("www.") or NO_HOST)
    for sample in samples:
        sample.doubt([s for s in samples if s is not sample])
    found = [*_cuts(site), *_keeps(site), *_open(site)]
    return sorted(found, key=lambda p: not p.sure)


# ---------------------------------------------------------------- what stayed and is doubtful


def _cuts(site: _Site) -> Iterator[Proposal]:
    for sample in site.samples:
        for doubt in sample.doubts:
            if norm(doubt.text) not in site.done:
                found = _by_selector(site, sample, doubt) or _by_line(site, sample, doubt)
                if found is not None:
                    yield found


def _by_selector(site: _Site, sample: Sample, doubt: Doubt) -> Proposal | None:
    """The largest box around the paragraph, by its plainest name, that costs no page its story."""
    for selector in sample.selectors(sample.boxes(doubt.text)):
        named = sample.named(selector)
        if len(named) > _MOST_NAMED or not sample.of_story.isdisjoint(named):
            continue
        if not site.is_new("selector", selector):
            continue
        rule = site.rule("selector", selector, doubt.kind, doubt.text)
        trials = site.trials(sample, rule)
        pages = (sample, *(s for s in site.samples if s is not sample))
        tried = list(zip(pages, trials, strict=True))
        if doubt.text not in trials[0].lost:
            continue
        if not all(_cuts_its_own(s, selector, t) for s, t in tried):
            continue
        # Running text only a person may give up; then as well where other pages word it anew.
        if doubt.prose or all(_cuts_what_is_doubted(s, t) for s, t in tried):
            sure = doubt.sure and not any(t.prose_lost for t in trials)
            return site.accept(rule, doubt.why, sample, trials, sure=sure)
    return None


def _cuts_what_is_doubted(sample: Sample, trial: Trial) -> bool:
    """No running text but what is doubted, and of labels and headings no more than of such."""
    doubted = {d.text for d in sample.doubts}
    beside = [text for text in trial.lost if text not in doubted]
    few = len(beside) <= max(1, len(trial.lost) - len(beside))
    return few and not any(map(is_prose, beside))


def _cuts_its_own(sample: Sample, selector: str, trial: Trial) -> bool:
    """Only what stands in the elements, not too much of the page, and none of its facts."""
    named = sample.named(selector)
    return (
        trial.harmless
        and trial.words_lost <= _SHARE * count(sample.article.text)
        and all(any(sample.says(e, text) for e in named) for text in trial.lost)
    )


def _by_line(site: _Site, sample: Sample, doubt: Doubt) -> Proposal | None:
    """The whole line as a pattern: for what no id or class names."""
    line = plain_quotes(BULLET.sub("", doubt.text))
    pattern = "^" + _SPECIAL.sub(r"\\\1", line) + "$"
    if doubt.repeated:
        pattern = re.sub(r"\d+", r"\\d+", pattern)  # on other pages it may be another number
    elif site.lines >= _MOST_LINES or _is_of_one_page(site, doubt):
        return None
    if len(line) > _LONGEST_LINE or not site.is_new("line", pattern):
        return None
    rule = site.rule("line", pattern, doubt.kind, line)
    trials = site.trials(sample, rule)
    if doubt.text not in trials[0].lost or not all(t.harmless for t in trials):
        return None
    sure = doubt.sure and not any(t.prose_lost for t in trials)
    site.lines += not doubt.repeated
    return site.accept(rule, doubt.why, sample, trials, sure=sure)


def _is_of_one_page(site: _Site, doubt: Doubt) -> bool:
    """A sentence, another story's title or, where other pages do not have it, a mere label."""
    label = not doubt.sure and len(site.samples) > 1
    return doubt.prose or doubt.kind == "related" or label


# ---------------------------------------------------------------- what was cut and reads like it


def _keeps(site: _Site) -> Iterator[Proposal]:
    for sample in site.samples:
        for removal in sample.article.removed:
            if norm(removal.text) not in site.done and removal in site.regretted(sample):
                found = _by_keeping(site, sample, removal)
                if found is not None:
                    yield found


def regretted(sample: Sample, others: Iterable[Sample] = ()) -> tuple[Removal, ...]:
    """What was cut from a page and may have been a piece of its story.

    Running text in whole sentences, hardly linked, that asks for nothing, is cut from no other page
    of the site, and stands in the story's part of the page or right beside that.
    """
    elsewhere = {norm(r.text) for other in others for r in other.article.removed}
    return tuple(
        r
        for r in sample.article.removed
        if r.kind in _REGRETTED and is_prose(r.text) and count(r.text) >= _PIECE
        if norm(r.text) not in elsewhere and of_itself(r.text, sample.links) is None
        if any(map(is_prose, _sentences(r.text))) and _is_told(sample, r.text)
    )


def _sentences(text: str) -> list[str]:
    return [s for s in SENTENCES.split(text) if is_finished(s)]


def _is_told(sample: Sample, text: str) -> bool:
    """Beside the story, and hardly any of it is links: a teaser of another story leads there."""
    holders = sample.holders(text)
    if not holders or sample.body is None:
        return False
    element, around = holders[0], {sample.body, *list(sample.body.iterancestors())[:2]}
    linked = sum(len("".join(a.itertext())) for a in element.iter("a"))
    told = linked < 0.3 * len("".join(element.itertext()))
    return told and not around.isdisjoint(list(element.iterancestors()))


def _by_keeping(site: _Site, sample: Sample, removal: Removal) -> Proposal | None:
    """The element that was cut, by its plainest name that brings the words back."""
    cut = sample.holders(removal.text)
    for selector in sample.selectors(cut):
        if len(sample.named(selector)) > _MOST_NAMED or not site.is_new("keep", selector):
            continue
        rule = site.rule("keep", selector, "story", removal.text)
        trials = site.trials(sample, rule)
        enough = trials[0].words_gained >= 0.5 * count(removal.text)
        if enough and all(t.harmless and not t.lost for t in trials):
            why = f"{removal.rule} ({removal.kind}) had cut"
            return site.accept(rule, why, sample, trials, sure=sample.is_within_story(cut[0]))
    return None


# ---------------------------------------------------------------- what a person may decide


def _open(site: _Site) -> Iterator[Proposal]:
    """Parts among the story's paragraphs that have names of their own and hold running text."""
    shown = 0
    for sample in site.samples:
        inside: set[HtmlElement] = set()
        for element in sample.within_story():
            if shown >= _MOST_OPEN or element.tag not in _PARTS or element.getparent() in inside:
                inside.add(element)
                continue
            found = _named_part(site, sample, element)
            if found is not None:
                inside.add(element)
                shown += 1
                yield found


def _named_part(site: _Site, sample: Sample, element: HtmlElement) -> Proposal | None:
    selector = next(sample.selectors([element]), None)
    if selector is None or " " in selector or len(sample.named(selector)) > _MOST_ALIKE:
        return None
    words = squeeze(" ".join(element.itertext()))
    if not is_prose(words) or not site.is_new("selector", selector):
        return None
    rule = site.rule("selector", selector, "promo", words)
    trials = site.trials(sample, rule)
    lost = trials[0].lost
    if not lost or not _cuts_its_own(sample, selector, trials[0]):
        return None
    if not all(t.harmless for t in trials) or all(norm(text) in site.done for text in lost):
        return None
    why = "has a name of its own among the story's paragraphs"
    return site.accept(rule, why, sample, trials, sure=False)


def _slug(words: str) -> str:
    """The last name in a selector, or the first words of a line."""
    named: list[str] = re.findall(r"[.#]([A-Za-z][\w-]*)", words) if _SELECTOR.match(words) else []
    return "-".join(re.findall(r"[a-z]+", (named[-1] if named else words).lower())[:4]) or "line"
