"""Small archives, made by hand from YAML in real SQLite files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from pipeline import publish
from pipeline.archive.facets import renew
from pipeline.archive.schema import archive_migrations
from pipeline.publish.public import make_public_copy
from pipeline.publish.serve import opened

HERE = Path(__file__).parent
SEEN = "2026-11-01T00:00:00+00:00"


def insert(db: Database, table: str, **values: Any) -> int:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" for _ in values)
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
    return int(db.execute(sql, list(values.values())).lastrowid or 0)


def insert_story(db: Database, story: dict[str, Any]) -> None:
    text = story["text"].strip()
    plain = ("headline", "standfirst", "byline", "publisher", "source_id", "published_at",
             "first_seen_at", "is_report", "inspection_type", "news_agencies", "image_url",
             "image_caption")  # fmt: skip
    article = insert(
        db, "articles", url=story["url"], text=text, access=story.get("access", "open"),
        captions=json.dumps(story.get("captions", [])), digest=story["url"],
        links=json.dumps(story.get("links", [])),
        disagreements=json.dumps(story.get("disagreements", [])),
        reasons=json.dumps(story.get("reasons", [])), updated_at=story["first_seen_at"],
        **{key: story.get(key) for key in plain},
    )  # fmt: skip

    def span(quote: str) -> dict[str, Any]:
        start = text.index(quote)
        return {"article_id": article, "start": start, "end": start + len(quote), "quote": quote}

    for role, key in (("inspectorate", "inspectorates"), ("inspected", "bodies")):
        for agency in story.get(key, []):
            insert(db, "article_agencies", article_id=article, agency_id=agency, role=role)
    for agency, role, quote in story.get("mentions", []):
        insert(db, "mentions", agency_id=agency, role=role, rule="name", confidence="stated",
               **span(quote))  # fmt: skip
    for finding in story.get("findings", []):
        rest = {k: v for k, v in finding.items() if k != "quote"}
        insert(db, "findings", rule="by-hand", **rest, **span(finding["quote"]))
    for response in story.get("responses", []):
        rest = {k: v for k, v in response.items() if k != "quote"}
        insert(db, "responses", rule="by-hand", confidence="stated", **rest,
               **span(response["quote"]))  # fmt: skip
    for kind, value, quote in story.get("details", []):
        insert(db, "inspection_details", kind=kind, value=value, rule="by-hand", **span(quote))
    for theme, name, quote in story.get("themes", []):
        insert(db, "article_themes", theme_id=theme, name=name, **span(quote))
    for name, code, quote in story.get("places", []):
        insert(db, "article_places", name=name, code=code, **span(quote))
    for removal in story.get("removals", []):
        insert(db, "removals", article_id=article, **removal)
    for caution in story.get("cautions", []):
        rest = {k: v for k, v in caution.items() if k != "quote"}
        insert(db, "cautions", **rest, **span(caution["quote"]))
    for number, version in enumerate(story.get("versions", [{"seen_at": SEEN}]), start=1):
        insert(db, "revisions", article_id=article, digest=str(number), text=text, **version)
    renew(SimpleNamespace(db=db), article)  # type: ignore[arg-type]


def insert_watching(db: Database, content: dict[str, Any]) -> None:
    """What watching recorded: moves, gaps, fetches, entries that have no page."""
    for table in ("moves", "gaps"):
        for row in content[table]:
            insert(db, table, feed_url=f"https://{row['source_id']}.example/feed", **row)
    for row in content["robots"]:
        body = row["body"] and row["body"].encode()
        insert(db, "robots", **{**row, "body": body})
    for row in content["fetches"]:
        insert(db, "fetches", url=f"https://{row['source_id']}.example/feed", what="feed", **row)
    for number, (source, published, seen) in enumerate(content["entries"]):
        url = f"https://{source}.example/announced/{number}"
        insert(db, "entries", feed_url=f"https://{source}.example/feed", source_id=source,
               guid=url, url=url, link=url, digest="1", published_at=published,
               first_seen_at=seen)  # fmt: skip
    insert(db, "heartbeat", id=1, beat_at="2026-11-16T10:00:00+00:00", what="watch", process=7,
           started_at=SEEN, tick_seconds=60)  # fmt: skip


def content_of(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return content


def insert_sources(db: Database, content: dict[str, Any]) -> None:
    for agency in content["agencies"]:
        insert(db, "agencies", **agency)
    for source in content["sources"]:
        insert(db, "sources", pages=1, first_seen_at=SEEN, **source)
        url = f"https://{source['id']}.example/feed"
        known = content.get("feeds", {}).get(source["id"], {})
        insert(db, "feeds", url=url, source_id=source["id"], **known)


def make_archive(path: Path) -> None:
    """Writes the archive of `archive.yaml` to `path`."""
    content = content_of("archive.yaml")
    db = Database(path)
    archive_migrations.apply(db)
    db.enable_wal()
    with db.atomic():
        insert_sources(db, content)
        insert_watching(db, content)
        for health in content["health"]:
            insert(db, "health", checked_at=SEEN, **health)
        for story in content["stories"]:
            insert_story(db, story)
        insert(db, "aliases", url="https://m.weekly.example/news/harwick-neglect", why="page",
               story_url="https://weekly.example/news/harwick-neglect", seen_at=SEEN)  # fmt: skip
        insert(db, "passes", started_at=SEEN, beat_at=SEEN, ended_at="2026-11-16T10:00:00+00:00")
        insert(db, "entries", feed_url="https://weekly.example/feed", source_id="weekly", guid="1",
               url="https://weekly.example/news/gone", link="https://weekly.example/news/gone",
               headline="A story that could not be fetched", summary="SECRETSUMMARY of it",
               digest="1", first_seen_at=SEEN, page_state="failed",
               page_reason="The page is gone (404).")  # fmt: skip
        insert(db, "derivations", article_url="https://weekly.example/news/empty", stage="clean",
               made_from="1", made_by="1", made_at=SEEN, error="No story in the page.")  # fmt: skip
    publish.refresh(SimpleNamespace(db=db))
    db.close()


def make_two_years(path: Path) -> None:
    """Writes the archive of `two_years.yaml` to `path`."""
    content = content_of("two_years.yaml")
    db = Database(path)
    archive_migrations.apply(db)
    with db.atomic():
        insert_sources(db, content)
        for agency_id, place, neighbour_id in content["neighbours"]:
            insert(db, "neighbours", agency_id=agency_id, place=place, neighbour_id=neighbour_id)
        for place, name, kind, value in content["watched"]:
            insert(db, "watched", place=place, name=name, kind=kind, value=value)
        for report in content["linked_reports"]:
            insert(db, "linked_reports", first_seen_at=SEEN, **report)
        for story in content["stories"]:
            insert_story(db, story)
    publish.refresh(SimpleNamespace(db=db))
    db.close()


@pytest.fixture(scope="session")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small archive, to be read only."""
    path = tmp_path_factory.mktemp("publish") / "archive.db"
    make_archive(path)
    return path


@pytest.fixture(scope="session")
def two_years_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of `two_years.yaml`, to be read only."""
    path = tmp_path_factory.mktemp("two-years") / "archive.db"
    make_two_years(path)
    return path


def get(datasette: Any, path: str) -> Any:
    """The answer to a GET, asked of Datasette in this process."""
    return asyncio.run(datasette.client.get(path))


@pytest.fixture(scope="session")
def site(archive_file: Path) -> Iterator[Any]:
    """The small archive as `serve` serves it."""
    with opened(archive_file) as datasette:
        yield datasette


@pytest.fixture(scope="session")
def public(archive_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same as `serve --public` serves it."""
    copy = tmp_path_factory.mktemp("public") / "archive.db"
    make_public_copy(archive_file, copy)
    with opened(copy, public=True) as datasette:
        yield datasette
