"""Labelled pages: two sets of others, read from EVAL_DATA, and our own."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.newsstand import newsstand

ROOT = Path(__file__).parents[2]
OWN_PAGES = ROOT / "tests" / "clean" / "pages"


@dataclass(frozen=True)
class Case:
    """One labelled page: its file and what a person read on it."""

    id: str
    url: str
    path: Path
    truth: str
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    def body(self) -> bytes:
        return gzip.decompress(self.path.read_bytes())


def data_folder() -> Path:
    return Path(os.environ.get("EVAL_DATA") or ROOT.parent / "shared" / "data")


def zyte_cases(folder: Path) -> Iterator[Case]:
    """article-extraction-benchmark: its truth has neither headline nor standfirst."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for id_, record in truth.items():
        path = folder / "html" / f"{id_}.html.gz"
        yield Case(id_, record["url"], path, record["articleBody"])


def wcxb_cases(folder: Path) -> Iterator[Case]:
    """The pages of WCXB's development split that are articles."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for id_, record in truth.items():
        yield Case(
            id_,
            record["url"] or f"https://{record['domain'] or 'page.example'}/{id_}",
            folder / "html" / f"{id_}.html.gz",
            record["main_content"] or "",
            tuple(record["with"] or ()),
            tuple(record["without"] or ()),
        )


# ---------------------------------------------------------------- our own


@dataclass(frozen=True)
class OwnPage:
    """A page of ours, the paragraphs of its story, and what else stands on it: (kind, line)."""

    id: str
    url: str
    body: bytes
    text: tuple[str, ...]
    furniture: tuple[tuple[str, str], ...]


def own_pages() -> list[OwnPage]:
    """Those of `tests/clean/pages`, whose furniture is not told apart, and of the newsstand."""
    found = []
    for path in sorted(OWN_PAGES.glob("*.html")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        furniture = tuple(("not told apart", words) for words in expected["never"])
        found.append(OwnPage(path.stem, expected["url"], path.read_bytes(),
                             tuple(expected["text"]), furniture))  # fmt: skip
    return found + [OwnPage(p.id, p.url, p.body, p.text, p.furniture) for p in newsstand()]
