"""What is public: headline, link and evidence. A word in each private place never gets out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlite_utils import Database

from pipeline.archive.export import DEFAULT, export
from pipeline.errors import WatchError
from pipeline.publish import metadata
from pipeline.publish.outputs import FORMS
from pipeline.publish.public import make_public_copy
from pipeline.publish.serve import opened
from tests.publish.hostile import make_canaries

pytestmark = pytest.mark.slow

THINGS = ["/reported", "/search", "/search?q=canaryarticlestext", "/map", "/frameworks", "/themes",
          "/questions", "/story/1", "/inspectorate/Sparrow", "/source/Sparrow"]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    path = tmp_path_factory.mktemp("whole") / "archive.db"
    return path, make_canaries(path)


@pytest.fixture(scope="module")
def public(whole: tuple[Path, set[str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    copy = tmp_path_factory.mktemp("public") / "archive.db"
    make_public_copy(whole[0], copy)
    with opened(copy, public=True) as datasette:
        yield datasette


def leaks(content: bytes, canaries: set[str]) -> list[str]:
    return [canary for canary in sorted(canaries) if canary.encode() in content.lower()]


def addresses() -> list[str]:
    """Every page of ours in every form, and every table of Datasette's."""
    things = THINGS + [f"/question/{name}" for name in metadata.queries()]
    found = ["/", *things]
    for thing in things:
        path, _, query = thing.partition("?")
        found += [f"{path}.{form}{'?' * bool(query)}{query}" for form in FORMS]
    for name in (*metadata.relations(), "articles_fts", "sqlite_master"):
        found += [f"/archive/{name}{form}" for form in ("", ".json", ".csv", ".json?_shape=array")]
    found += ["/archive.json", "/.json", "/archive/articles/1.json", "/archive/robots/Sparrow.json",
              "/archive/robots/Sparrow.blob?_blob_column=body",
              "/archive/articles/1.blob?_blob_column=text",
              "/archive/articles?_search=canaryarticlestext"]  # fmt: skip
    found += [f"/archive.json?sql=select+*+from+[{name}]" for name in metadata.relations()]
    return found


def get(datasette: Any, paths: list[str]) -> list[Any]:
    async def each() -> list[Any]:
        return [await datasette.client.get(path) for path in paths]

    return asyncio.run(each())


def test_the_canaries_sing_in_the_owners_own_archive(whole: tuple[Path, set[str]]) -> None:
    path, canaries = whole
    with opened(path) as datasette:
        seen = b"".join(r.content for r in get(datasette, addresses())).lower()
    assert leaks(seen, canaries) == sorted(canaries)


def test_no_private_word_is_in_the_public_file(public: Any, whole: tuple[Path, set[str]]) -> None:
    path = Path(next(db.path for n, db in public.databases.items() if not n.startswith("_")))
    for file in path.parent.iterdir():
        assert not leaks(file.read_bytes(), whole[1]), file.name


def test_no_private_word_is_on_a_public_page(public: Any, whole: tuple[Path, set[str]]) -> None:
    asked = addresses()
    for path, response in zip(asked, get(public, asked), strict=True):
        words = leaks(response.content, whole[1])
        mirrored = [w for w in words if w in path]  # what was asked is said again
        assert words == mirrored, path
        assert response.status_code < 500, path


def test_headline_link_and_evidence_are_public(public: Any) -> None:
    for form in ("", ".json", ".csv", ".atom", ".feed.json", ".ics"):
        (answer,) = get(public, [f"/story/1{form}"])
        text = answer.text.replace("\r\n ", "")
        assert "The Sparrow headline" in text or form == ".csv"
        assert "The Sparrow sentence proves it." in text
        assert "https://weekly.example/sparrow" in text


def test_a_public_story_says_what_asks_for_care(public: Any) -> None:
    page, data = get(public, ["/story/1", "/story/1.json"])
    assert "Take care before you show this to others" in page.text
    assert "It may name a child." in page.text
    assert "reporting restriction" in page.text
    assert len(data.json()["care"]) == 2


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_no_private_word_is_in_a_public_export(
    format: str, whole: tuple[Path, set[str]], tmp_path: Path
) -> None:
    path, canaries = whole
    db = Database(path)
    names = [n for n in (*db.table_names(), *db.view_names())
             if not n.startswith(("_", "sqlite_", "articles_fts"))]  # fmt: skip
    db.close()
    written, refused = [], set()
    for name in names:
        try:
            written += export(path, tmp_path / "each", format=format, tables=[name], public=True)
        except WatchError:
            refused.add(name)
    assert refused == {"revisions", "removals"}
    written += export(path, tmp_path / "default", format=format, public=True)
    texts = {file: content(file) for file in written}
    for file, text in texts.items():
        assert not leaks(text, canaries), file.name
    every = b"".join(texts.values())
    for words in (b"the sparrow headline", b"the sparrow sentence", b"weekly.example/sparrow"):
        assert words in every
    assert {file.stem for file in written} >= set(DEFAULT)


def content(file: Path) -> bytes:
    """What a reader of the file sees, in lower case."""
    if file.suffix == ".parquet":
        return str(pq.read_table(file).to_pylist()).lower().encode()
    return file.read_bytes().lower()


def test_raw_pages_are_never_exported_for_the_public(
    whole: tuple[Path, set[str]], tmp_path: Path
) -> None:
    with pytest.raises(WatchError, match="never public"):
        export(whole[0], tmp_path / "out", format="warc", public=True)
    assert not list(tmp_path.rglob("*.warc*"))
