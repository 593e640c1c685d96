"""Dates, bylines and headlines against WCXB's labels, beside plain trafilatura in the same call.

    python -m tests.eval.metadata [--wrong N]

The set is `wcxb-articles/` of the evaluation data (793 pages with `publish_date`, `author` and
`title`). A label counts only where its value stands on the page:

- date: the calendar day in any usual form (2024-04-03, 20240403, 3 April 2024, Apr 3rd 2024,
  3/4/2024, 4/3/2024 …), in text or markup. Right: the same calendar day, as written.
- author: each of the label's names, in text or markup. Right: the same set of people. Names are
  compared in lower case without punctuation; titles (Dr) and what follows a name (MD, PhD, jobs
  after a comma) are left out. What we say is the byline, or where there is none the agencies and
  desks. A label that names no person (a team, a company, one word) counts, and is also shown apart.
- title: letters and digits of it, in order, in text or markup. Right: equal in lower case without
  punctuation, "&" as "and", after the site's name is taken off both ends of both.

Labels that do not stand on the page are counted apart (`--wrong` lists them too), and so are dates
that the page names only as those of its last change ("updated", "dateModified"): evidently wrong
as days of publication. They are not tuned to. trafilatura is called with `with_metadata=True` on
the same bytes.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import html
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import trafilatura

from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Page
from tests.eval.cleaning import FETCHED_AT, data_folder

FIELDS = ("date", "author", "title")
#: below these the evaluation fails
FLOORS = {"date": 0.92, "author": 0.80, "title": 0.90}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WHOLE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CHANGED = re.compile(r"(?:modified|updated?|reviewed|revised|changed)\w*\W(?:\D|\d{1,2}\b){0,40}$")
_SEAM = re.compile(r"\s+(?:[|»·•]|[-–—:]+)\s+|\s*\|\s*|:\s+")
_SUFFIX = re.compile(
    r"\b(?:ph\.? ?d|m\.? ?d|m\.?s|m\.?a|b\.?a|b\.?s|r\.?d|r\.?n|mba|cfa|cpa|jd|esq|mph|facp?|dds|"
    r"do|lcsw|psyd|msc|bsc|e-ryt.*|[A-Z]{3,6})\.?$")  # fmt: skip
_JOB = re.compile(
    r"(?i)\b(?:expert|editor|writer|manager|director|specialist|reporter|correspondent|coach|officer|"
    r"consultant|ryt|head|chief|founder|author|ceo|educator|horticulturalist|representative)\b"
)
_TITLE = re.compile(r"^(?:dr|prof|professor|mr|mrs|ms|sir|by|written by)\b\.?\s*", re.I)
_BODY = re.compile(
    r"\b(?:team|staff|editors?|editorial|admin|desk|news|inc|llc|ltd|university|college|cent(?:er|re)|"
    r"office|department|institute|association|society|group|agency|media|contributors?|guest|blog|"
    r"magazine|press|company|foundation|research|administration|board|council|services?|solutions|"
    r"marketing|the)\b", re.I)  # fmt: skip


@dataclass(frozen=True)
class Label:
    """One page and what a person read on it."""

    id: str
    url: str
    path: Path
    date: str | None
    author: str | None
    title: str | None


@dataclass(frozen=True)
class Said:
    """What a tool made of it."""

    date: str | None = None
    author: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Of one page: what each tool said, which labels stand there, which were met by whom."""

    label: Label
    said: dict[str, Said]
    stands: frozenset[str]
    right: dict[str, frozenset[str]]


def labels(folder: Path) -> Iterator[Label]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for id_, record in truth.items():
        url = record["url"] or f"https://{record['domain'] or 'page.example'}/{id_}"
        day = record["publish_date"]
        yield Label(id_, url, folder / "html" / f"{id_}.html.gz",
                    day if day and _WHOLE_DAY.match(day) else None,
                    record["author"], record["title"])  # fmt: skip


# ---------------------------------------------------------------- the tools


def by_us(label: Label, body: bytes) -> Said:
    page = Page(url=label.url, final_url=label.url, body=body, content_type="text/html",
                fetched_at=FETCHED_AT, digest=label.id)  # fmt: skip
    try:
        article = clean(page)
    except CleanError:
        return Said()
    return Said(article.published_at, article.byline or article.news_agencies, article.headline)


def by_trafilatura(label: Label, body: bytes) -> Said:
    found = trafilatura.bare_extraction(body, url=label.url, with_metadata=True)
    if found is None:
        return Said()
    names = tuple(n.strip() for n in (found.author or "").split(";") if n.strip())
    return Said(found.date, names, found.title)


TOOLS = {"clean": by_us, "trafilatura": by_trafilatura}


# ---------------------------------------------------------------- what stands on a page


def plain(text: str) -> str:
    """Letters and digits, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    text = text.replace("&", " and ")
    return " ".join(re.sub(r"[^\w']+", " ", text.lower().replace("'", "")).split())


def forms_of(day: str) -> Iterator[str]:
    """A calendar day as pages write it, plain."""
    it = date.fromisoformat(day[:10])
    month = _MONTHS[it.month - 1]
    yield from (f"{it:%Y %m %d}", f"{it:%Y%m%d}", f"{it.year} {it.month} {it.day}")
    for d in {str(it.day), f"{it.day:02}"}:
        for name in {month, month[:3], month[:4]}:
            for ordinal in ("", "st", "nd", "rd", "th"):
                yield f"{name} {d}{ordinal} {it.year}"
                yield f"{d}{ordinal} {name} {it.year}"
            yield f"{it.year} {name} {d}"
        for m in {str(it.month), f"{it.month:02}"}:
            yield from (f"{d} {m} {it.year}", f"{m} {d} {it.year}")
            yield from (f"{d} {m} {it:%y}", f"{m} {d} {it:%y}")


def what_stands(label: Label, body: bytes) -> frozenset[str]:
    """The labels whose values are on the page."""
    source = html.unescape(body.decode("utf-8", "replace"))
    source = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), source)
    seen = re.sub(r"<(?:script|style)\b.*?</(?:script|style)>", " ", source, flags=re.I | re.S)
    texts = [
        plain(source),
        plain(re.sub(r"<[^>]*>", " ", seen)),
        plain(re.sub(r"<[^>]*>", "", seen)),
    ]

    def stands(what: str) -> bool:
        return bool(what) and any(f" {what} " in f" {t} " for t in texts)

    found = set()
    # a time of day is glued to its day by a "t"
    dated = [re.sub(r"(?<=\d\d)t(?=\d\d)", " ", t) for t in texts]
    places = [p for t in dated for p in places_of(label.date, t)] if label.date else []
    if places:
        found.add("date")
        if all(_CHANGED.search(before) for before in places):
            found.add("last change")
    if label.author and all(stands(n) for n in people(label.author)):
        found.add("author")
    if label.title and (stands(plain(label.title)) or stands(bare_title(label.title, label, ""))):
        found.add("title")
    return frozenset(found)


def places_of(day: str, text: str) -> Iterator[str]:
    """What stands in front of each place where a plain text has the day."""
    for form in {f for f in forms_of(day) if f in text}:
        for m in re.finditer(rf"(?<!\d){form}(?!\d)", text):
            yield text[max(0, m.start() - 60) : m.start()]


# ---------------------------------------------------------------- what is the same


def people(text: str) -> frozenset[str]:
    """Names of a label or a byline, plain, without titles and degrees."""
    names = set()
    for part in re.split(r"\s*(?:;|&|\||/|\band\b|\bwith\b|\n)\s*", text):
        pieces = [p.strip() for p in part.split(",") if p.strip()]
        for i, piece in enumerate(pieces):
            name = re.sub(r"\(.*?\)", "", _TITLE.sub("", piece)).strip()
            while _SUFFIX.search(name) and " " in name and not name.isupper():
                name = _SUFFIX.sub("", name).strip()
            words = plain(name).split()
            # behind a comma stands a degree or a job, unless it is a list of names
            if words and not _JOB.search(name) and (i == 0 or _looks_like_a_name(name)):
                names.add(" ".join(words))
    return frozenset(names)


def _looks_like_a_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 4 and all(w[:1].isupper() for w in words)


def names_nobody(author: str) -> bool:
    """A label that is no person: a team, a company, one word."""
    return bool(_BODY.search(author)) or all(len(n.split()) == 1 for n in people(author))


def bare_title(title: str, label: Label, site: str) -> str:
    """Plain, without the site's name at either end."""
    names = {re.sub(r"\W+", "", site.lower())} - {""}
    domain = re.sub(r"^www\.", "", label.url.split("/")[2].lower())
    names.add(re.sub(r"\W+", "", domain))
    names.add(re.sub(r"\W+", "", domain.rsplit(".", 1)[0]))

    def is_site(part: str) -> bool:
        key = re.sub(r"\W+", "", part.lower())
        return len(key) > 2 and any(key in n or (n in key and len(n) > 3) for n in names)

    text = title.strip()
    while True:
        seams = list(_SEAM.finditer(text))
        if seams and is_site(text[seams[-1].end() :]):
            text = text[: seams[-1].start()]
        elif seams and is_site(text[: seams[0].start()]):
            text = text[seams[0].end() :]
        else:
            return plain(text)


def _same_people(some: frozenset[str], others: frozenset[str]) -> bool:
    """The same names, or the same words where one says "Example, Nina"."""
    return bool(some) and (some == others or sorted(" ".join(some).split()) ==
                           sorted(" ".join(others).split()))  # fmt: skip


def _site_of(body: bytes) -> str:
    m = re.search(rb"og:site_name[\"'][^>]*content=[\"']([^\"']*)|"
                  rb"content=[\"']([^\"']*)[\"'][^>]*og:site_name", body)  # fmt: skip
    return html.unescape((m[1] or m[2] or b"").decode("utf-8", "replace")) if m else ""


def met(label: Label, said: Said, site: str) -> frozenset[str]:
    right = set()
    if label.date and (said.date or "")[:10] == label.date[:10]:
        right.add("date")
    if label.author and _same_people(people("; ".join(said.author)), people(label.author)):
        right.add("author")
    if (
        label.title
        and said.title
        and (
            plain(said.title) == plain(label.title)
            or bare_title(said.title, label, site) == bare_title(label.title, label, site)
        )
    ):
        right.add("title")
    return frozenset(right)


# ---------------------------------------------------------------- the report


def outcome(label: Label, tools: tuple[str, ...] = tuple(TOOLS)) -> Outcome:
    body = gzip.decompress(label.path.read_bytes())
    site = _site_of(body)
    said = {name: TOOLS[name](label, body) for name in tools}
    right = {name: met(label, s, site) for name, s in said.items()}
    return Outcome(label, said, what_stands(label, body), right)


def main(argv: list[str] | None = None) -> int:
    """0 when the set is absent or every goal is reached, else 1."""
    parser = argparse.ArgumentParser(description="Score metadata against labelled pages.")
    parser.add_argument("--wrong", type=int, default=0, help="list N wrong pages of each field")
    parser.add_argument("--ours-alone", action="store_true", help="without trafilatura")
    parser.add_argument("--floors-off", action="store_true", help="print, but do not fail")
    options = parser.parse_args(argv or [])
    folder = data_folder() / "wcxb-articles"
    if not (folder / "ground-truth.json").exists():
        print("wcxb: skipped, wcxb-articles/ is not in the evaluation data")
        return 0
    tools = ("clean",) if options.ours_alone else tuple(TOOLS)
    with ProcessPoolExecutor(2) as pool:
        score = functools.partial(outcome, tools=tools)
        outcomes = list(pool.map(score, labels(folder), chunksize=16))
    failed = [field for field in FIELDS if report(field, outcomes, options.wrong) < FLOORS[field]]
    for field in failed:
        print(f"  BELOW ITS FLOOR: {field} < {FLOORS[field]}")
    return int(bool(failed) and not options.floors_off)


def report(field: str, outcomes: list[Outcome], wrong: int) -> float:
    """Prints one field's lines; returns our share of right ones."""
    labelled = [o for o in outcomes if getattr(o.label, field)]
    standing = [o for o in labelled if field in o.stands]
    print(f"{field}: {len(labelled)} labels, {len(standing)} stand on their pages")
    for name in outcomes[0].said:
        line = f"  {name:12} right {_share(standing, name, field):.3f}"
        if field == "author":
            some = [o for o in standing if not names_nobody(o.label.author or "")]
            line += f"  of the {len(some)} that name people {_share(some, name, field):.3f}"
        unlabelled = [o for o in outcomes if not getattr(o.label, field)]
        said = sum(bool(getattr(o.said[name], field)) for o in unlabelled)
        if field == "date":
            first = [o for o in standing if "last change" not in o.stands]
            line += f"  of the {len(first)} not of a last change {_share(first, name, field):.3f}"
        print(f"{line}  said without a label {said} of {len(unlabelled)}")
    misses = [o for o in standing if field not in o.right["clean"]]
    for o in misses[:wrong]:
        why = " (the last change)" if field == "date" and "last change" in o.stands else ""
        print(f"    {o.label.id} {_told(o, field)}{why}  {o.label.url[:80]}")
    for o in [o for o in labelled if field not in o.stands][:wrong]:
        print(f"    {o.label.id} not on the page: {_told(o, field)}")
    return _share(standing, "clean", field)


def _share(outcomes: list[Outcome], tool: str, field: str) -> float:
    return sum(field in o.right[tool] for o in outcomes) / max(1, len(outcomes))


def _told(o: Outcome, field: str) -> str:
    said: list[Any] = [getattr(s, field) for s in o.said.values()]
    return f"{getattr(o.label, field)!r} / " + " / ".join(repr(s) for s in said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
