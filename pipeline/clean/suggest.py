"""Site rules proposed from pages: what was cut, what stayed, and records that were tried on them.

Written for a person who is no programmer. All that is not a record is a comment, so the output may
be appended to `knowledge/sites.yaml` as it is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

import yaml

from pipeline.clean import decode
from pipeline.clean.lines import count, is_prose, squeeze
from pipeline.clean.proposals import NO_HOST, Proposal, is_regretted, proposals
from pipeline.clean.sample import Sample
from pipeline.errors import CleanError
from pipeline.models import Page
from pipeline.urls import host

_SHOWN = 12  #: of a kind on a page
_WIDTH = 100


def suggest(*pages: Page) -> str:
    """YAML for `knowledge/sites.yaml`: commented findings, then records to take or to leave.

    Pages of one host are looked at together. Raises CleanError when one is no page at all; one
    without story text still gets a report.
    """
    said: list[str] = []
    for _, group in groupby(sorted(pages, key=_site), key=_site):
        samples = []
        for page in group:
            decode.parse(page)  # what is no page is an error; what has no story is said
            try:
                samples.append(Sample(page))
            except CleanError as e:
                said += [f"# {page.url or 'a page without address'}", f"# not cleaned: {e.problem}"]
        if samples:
            said += _site_report(samples)
    return "\n".join(said) + "\n"


def _site(page: Page) -> str:
    return host(page.url).removeprefix("www.")


def _site_report(samples: list[Sample]) -> list[str]:
    found = proposals(samples)
    said = [line for sample in samples for line in _findings(sample)]
    sure = [p for p in found if p.sure]
    rest = [p for p in found if not p.sure]
    several = len(samples) if len(samples) > 1 else 0
    if not found:
        return [*said, "#", "# Nothing more to cut, and nothing to bring back, was found."]
    if not _site(samples[0].page):
        said += _comment(f"The page does not say where it came from: write the paper's host for "
                         f"{NO_HOST}, or give --url.")  # fmt: skip
    if sure:
        said += [
            "#",
            "# RECORDS. Each was tried on the page. Leave out those that you do not want.",
        ]
        said += [line for p in sure for line in _record(p, several)]
    if rest:
        said += ["#", "# FOR YOU TO DECIDE: these change running text. Where the words are rightly "
                 "named, take away the", "# first `# ` of each line of the record."]  # fmt: skip
        said += [line for p in rest for line in _record(p, several)]
    return [*said, *_proof(samples[0], (sure or rest)[0])]


# ---------------------------------------------------------------- findings


def _findings(sample: Sample) -> Iterator[str]:
    article = sample.article
    yield f"# {article.url if _site(sample.page) else 'A page without address'}"
    yield "#"
    yield "# CUT from the page, by which rule (and kind), how often, and how each begins:"
    by_rule: dict[str, list[str]] = {}
    for r in article.removed:
        by_rule.setdefault(f"{r.rule} ({r.kind})", []).append(r.text)
    for rule, texts in by_rule.items():
        starts = "; ".join(_begins(text, 40) for text in texts[:3])
        yield f"#   {rule}, {len(texts)} x: {starts}"
    told = [p for p in sample.paragraphs if is_prose(p)]
    yield "#"
    yield (f"# STAYED: {len(sample.paragraphs)} paragraphs, {count(article.text)} words, of which "
           f"{len(told)} read like running text.")  # fmt: skip
    if told:
        yield f"#   from {_begins(told[0], 60)}"
        yield f"#   to   {_begins(told[-1], 60)}"
    yield from _look_at(sample)


def _look_at(sample: Sample) -> Iterator[str]:
    """What a person should look at, in both directions."""
    if sample.doubts:
        yield "# Of what stayed, look at:"
    else:
        yield "# Nothing of what stayed looks doubtful."
    for doubt in sample.doubts[:_SHOWN]:
        yield f"#   {_begins(doubt.text, 70)} ({doubt.why})"
    missed = [r for r in sample.article.removed if is_regretted(sample, r)]
    if missed:
        yield "# Of what was cut, look at (it reads like a story):"
    for r in missed[:_SHOWN]:
        yield f"#   {_begins(r.text, 70)} ({r.rule})"


def _begins(text: str, characters: int) -> str:
    """The first words in quotation marks, on one line, whatever is in it."""
    plain = squeeze("".join(c if c.isprintable() else " " for c in text))
    return f'"{textwrap.shorten(plain, characters, placeholder=" …")}"'


# ---------------------------------------------------------------- records


def _record(proposal: Proposal, several: int) -> Iterator[str]:
    rule, trial = proposal.rule, proposal.trial
    yield "#"
    yield from _comment(_effect(proposal, several))
    for text in (trial.gained or trial.lost)[:3]:
        yield f"#   {_begins(text, 90)}"
    if rule.how == "line":
        yield "# No id or class of this page names it, so the rule is the whole line."
    keys = ("id", "host", "kind", "how", "pattern")
    record = {key: getattr(rule, key) for key in keys}
    record.update(why=proposal.why, examples=list(rule.examples))
    dumped = yaml.safe_dump([record], sort_keys=False, allow_unicode=True, width=100_000)
    for line in dumped.splitlines():
        yield line if proposal.sure else f"# {line}"


def _effect(proposal: Proposal, several: int) -> str:
    trial = proposal.trial
    where = f" It would change {proposal.pages} of these {several} pages." if several else ""
    if proposal.rule.how == "keep":
        back = _n(trial.words_gained, "word")
        return (f"Names {_n(trial.matched, 'element')} and brings back {back} ({proposal.why}); "
                f"nothing else of the text changes.{where}")  # fmt: skip
    what = _n(trial.matched, "line" if proposal.rule.how == "line" else "element")
    prose = len(trial.prose_lost)
    cost = (f"LOOK: {_n(prose, 'paragraph')} of running text would go"
            if prose else "no paragraph of running text would be lost")  # fmt: skip
    gone = _n(trial.words_lost, "word")
    return f"Names {what}; {gone} of the text would go, {cost}. It {proposal.why}.{where}"


def _n(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _proof(sample: Sample, proposal: Proposal) -> Iterable[str]:
    """How the record is proved: the convention of `tests/clean/sites/`."""
    changed = proposal.trial.gained or proposal.trial.lost
    goes, comes = ("stays", "gone") if proposal.rule.how == "keep" else ("gone", "stays")
    kept = next((p for p in sample.paragraphs if is_prose(p) and p not in changed), "…")
    id_ = proposal.rule.id
    yield "#"
    yield from _comment(f"PROOF. Each record has a page of our own: the paper's markup with other "
                        f"words in it, as tests/clean/sites/{id_}.html, and beside it "
                        f"tests/clean/sites/{id_}.yaml:")  # fmt: skip
    content = {"url": sample.page.url, "fetched_at": sample.page.fetched_at.date().isoformat(),
               goes: [_begins(t, 60)[1:-1] for t in changed[:2]],
               comes: [] if proposal.rule.how == "keep" else [_begins(kept, 60)[1:-1]]}  # fmt: skip
    dumped = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100_000)
    yield from (f"#   {line}" for line in dumped.splitlines())


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2)]
