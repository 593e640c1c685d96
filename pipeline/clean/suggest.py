"""Site rules proposed from pages: what was cut, what stayed, and records that were tried on them.

Written for a person who is no programmer. All that is not a record is a comment, so the output may
be appended to `knowledge/sites.yaml` as it is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import yaml

from pipeline.clean import decode
from pipeline.clean.lines import count, is_prose, squeeze
from pipeline.clean.proposals import NO_HOST, Proposal, proposals, regretted
from pipeline.clean.rules import SITES
from pipeline.clean.sample import Sample
from pipeline.errors import CleanError
from pipeline.models import Page
from pipeline.urls import host

_NOWHERE = f"https://{NO_HOST}/"
_TAKE = f"""RECORDS, each of them tried on the page. Those that you want go to the end of
    pipeline/knowledge/{SITES}, as they are."""
_DECIDE = """FOR YOU TO DECIDE. These words may well be the story's: read them on the page. To use a
    record, take away the `# ` before each of its lines."""
_SHOWN = 12  #: of a kind on a page
_WIDTH = 100


def suggest(*pages: Page) -> str:
    """YAML for `knowledge/sites.yaml`: commented findings, then records to take or to leave.

    Pages of one host are looked at together. Raises CleanError when one is no page at all; one
    without story text still gets a report.
    """
    said: list[str] = []
    different = {(_site(page), page.body): page for page in pages}.values()
    for _, group in groupby(sorted(different, key=_site), key=_site):
        samples = []
        for page in map(_addressed, group):
            decode.parse(page)  # what is no page is an error; what has no story is said
            try:
                samples.append(Sample(page))
            except CleanError as e:
                said += [f"# {_name(page)}", f"# not cleaned: {e.problem}"]
        if samples:
            said += _site_report(samples)
    return "\n".join(said) + "\n"


def _site(page: Page) -> str:
    return host(page.url).removeprefix("www.")


def _addressed(page: Page) -> Page:
    """With an address, so that a record can be for its host."""
    return page if _site(page) else replace(page, url=_NOWHERE, final_url=_NOWHERE)


def _name(page: Page) -> str:
    return "A page without address" if page.url == _NOWHERE else page.url


def _site_report(samples: list[Sample]) -> list[str]:
    found = proposals(samples)
    said = [line for sample in samples for line in _findings(sample, samples)]
    sure = [p for p in found if p.sure]
    rest = [p for p in found if not p.sure]
    several = len(samples) if len(samples) > 1 else 0
    if not found:
        return [*said, "#", "# Nothing more to cut, and nothing to bring back, was found."]
    if samples[0].page.url == _NOWHERE:
        said += _comment(f"The page does not say where it came from: write the paper's host for "
                         f"{NO_HOST}, or give --url.")  # fmt: skip
    if sure:
        said += ["#", *_comment(_TAKE)]
        said += [line for p in sure for line in _record(p, several)]
    if rest:
        said += ["#", *_comment(_DECIDE)]
        said += [line for p in rest for line in _record(p, several)]
    return [*said, *_proof((sure or rest)[0])]


# ---------------------------------------------------------------- findings


def _findings(sample: Sample, samples: list[Sample]) -> Iterator[str]:
    article = sample.article
    yield f"# {_name(sample.page)}"
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
    yield from _look_at(sample, [s for s in samples if s is not sample])


def _look_at(sample: Sample, others: list[Sample]) -> Iterator[str]:
    """What a person should look at, in both directions."""
    if sample.doubts:
        yield "# Of what stayed, look at:"
    else:
        yield "# Nothing of what stayed looks doubtful."
    for doubt in sample.doubts[:_SHOWN]:
        yield f"#   {_begins(doubt.text, 70)} ({doubt.why})"
    missed = regretted(sample, others)
    if missed:
        yield "# Of what was cut, look at (it reads like a story):"
    for r in missed[:_SHOWN]:
        yield f"#   {_begins(r.text, 70)} ({r.rule})"


def _begins(text: str, characters: int, more: str = " …") -> str:
    """The first words in quotation marks, on one line, whatever is in it."""
    plain = squeeze("".join(c if c.isprintable() else " " for c in text))
    return f'"{textwrap.shorten(plain, characters, placeholder=more)}"'


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
    yield from (line if proposal.sure else f"# {line}" for line in _yaml([record]))


def _yaml(content: object) -> list[str]:
    dumped: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100_000)
    return dumped.rstrip("\n").split("\n")


def _effect(proposal: Proposal, several: int) -> str:
    trial = proposal.trial
    where = f" It would change {proposal.pages} of these {several} pages." if several else ""
    if proposal.rule.how == "keep":
        back = _n(trial.words_gained, "word")
        return (f"Names {_n(trial.matched, 'element')} and brings back {back} that "
                f"{proposal.why}; nothing else of the text changes.{where}")  # fmt: skip
    what = _n(trial.matched, "line" if proposal.rule.how == "line" else "element")
    prose = len(trial.prose_lost)
    cost = (f"LOOK: {_n(prose, 'paragraph')} of running text would go"
            if prose else "no paragraph of running text would be lost")  # fmt: skip
    gone = _n(trial.words_lost, "word")
    return f"Names {what}; {gone} of the text would go, {cost}. It {proposal.why}.{where}"


def _n(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _proof(proposal: Proposal) -> Iterator[str]:
    """How the record is proved: the convention of `tests/clean/sites/`."""
    sample = proposal.sample
    changed = proposal.trial.gained or proposal.trial.lost
    goes, comes = ("stays", "gone") if proposal.rule.how == "keep" else ("gone", "stays")
    kept = next((p for p in sample.paragraphs if is_prose(p) and p not in changed), "…")
    id_ = proposal.rule.id
    yield "#"
    yield from _comment(
        "PROOF. Each record has a page of our own, the paper's markup with other words in it, in "
        f"tests/clean/sites/: {id_}.html, and beside it {id_}.yaml, such as"
    )
    content = {
        "url": sample.page.url,
        "fetched_at": sample.page.fetched_at.date(),
        goes: [_begins(t, 60, "")[1:-1] for t in changed[:2]],
        comes: [] if goes == "stays" else [_begins(kept, 60, "")[1:-1]],
    }
    yield from (f"#   {line}" for line in _yaml(content))
    yield from _comment(
        f"Then `python -m pipeline derive --stage clean --host {host(sample.page.url)}` cleans the "
        "paper's stored pages again."
    )


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(squeeze(text), _WIDTH - 2)]
