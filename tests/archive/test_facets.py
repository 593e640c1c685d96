"""What stories can be narrowed down by follows from what is written of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipeline.archive import Archive, open_archive
from pipeline.archive import tags as tagging
from pipeline.archive.aliases import set_aliases
from pipeline.archive.facets import renew
from pipeline.archive.schema import archive_migrations
from tests.stored import NOON, URL, article, save, save_tags, store, tags

OTHER = "https://gazette.example/again"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def keep(archive: Archive, url: str = URL) -> None:
    store(archive, url)
    save(archive, article(url))


def facets(db: Database, article_id: int | None = None) -> set[tuple[str, str]]:
    rows = db.execute(
        "SELECT v.facet, v.value FROM story_facets AS s JOIN facet_values AS v"
        " ON v.id = s.facet_value_id WHERE ? IN (s.article_id, 0)",
        (article_id or 0,),
    )
    return set(rows.fetchall())


def check_counts(db: Database) -> None:
    kept = dict(db.execute("SELECT id, stories FROM facet_values").fetchall())
    counted = db.execute("SELECT facet_value_id, count(*) FROM story_facets GROUP BY 1").fetchall()
    assert {id_: n for id_, n in kept.items() if n} == dict(counted)


def test_a_story_that_is_not_tagged_has_what_its_page_says(archive: Archive) -> None:
    keep(archive)
    found = facets(archive.db)
    assert {facet for facet, _ in found} == {"access", "publisher", "year"}
    assert ("access", "open") in found
    check_counts(archive.db)


def test_tags_bring_their_facets_and_take_them_away(archive: Archive) -> None:
    keep(archive)
    before = facets(archive.db)
    save_tags(archive, tags())
    found = facets(archive.db)
    assert {"inspectorate", "body", "kind", "grade", "report"} <= {f for f, _ in found}
    assert {("inspectorate", "cqc"), ("report", "yes"), ("grade", "inadequate")} <= found
    check_counts(archive.db)
    (id_,) = archive.db.execute("SELECT id FROM articles").fetchone()
    with archive.transaction():
        tagging.clear_tags(archive, id_)
    assert facets(archive.db) == before
    check_counts(archive.db)


def test_tagging_again_writes_only_what_differs(archive: Archive) -> None:
    keep(archive)
    save_tags(archive, tags())
    ids = archive.db.execute("SELECT id, facet, value FROM facet_values").fetchall()
    (id_,) = archive.db.execute("SELECT id FROM articles").fetchone()
    written = archive.db.conn.total_changes
    with archive.transaction():
        renew(archive, id_)
    assert archive.db.conn.total_changes == written
    with archive.transaction():
        tagging.save_tags(archive, URL, tags(is_report=False), now=NOON)
    assert ("report", "no") in facets(archive.db)
    assert ("report", "yes") not in facets(archive.db)
    assert set(ids) < set(archive.db.execute("SELECT id, facet, value FROM facet_values"))
    check_counts(archive.db)


def test_another_publisher_needs_no_tagging(archive: Archive) -> None:
    keep(archive)
    save_tags(archive, tags())
    save(archive, article(publisher="The Other Paper"), rules="rules-2")
    found = facets(archive.db)
    assert ("publisher", "The Other Paper") in found
    assert ("report", "yes") in found
    assert len([value for facet, value in found if facet == "publisher"]) == 1
    check_counts(archive.db)


def test_a_story_that_goes_leaves_nothing(archive: Archive) -> None:
    keep(archive)
    save_tags(archive, tags())
    keep(archive, OTHER)
    save_tags(archive, tags(), url=OTHER)
    with archive.transaction():
        set_aliases(archive, [OTHER], {OTHER: (URL, "page")}, NOON)
    (left,) = archive.db.execute("SELECT id FROM articles").fetchone()
    assert archive.db.execute("SELECT DISTINCT article_id FROM story_facets").fetchall() == [
        (left,)
    ]
    check_counts(archive.db)
    with archive.transaction() as db:
        db.execute("DELETE FROM articles")
    assert not facets(archive.db)
    assert archive.db.execute("SELECT sum(stories) FROM facet_values").fetchone() == (0,)


def test_an_archive_from_before_gets_the_same(archive: Archive, tmp_path: Path) -> None:
    """The migration fills what `renew` would have written."""
    keep(archive)
    save_tags(archive, tags())
    old = Database(tmp_path / "old.db")
    archive_migrations.apply(old, stop_before="m015_searching")
    old.conn.execute("PRAGMA foreign_keys = OFF")
    old.conn.execute("ATTACH ? AS new", (str(archive.path),))
    for table in ("articles", "agencies", "article_agencies", "findings", "article_themes"):
        old.conn.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
    old.conn.commit()
    old.conn.execute("DETACH new")
    archive_migrations.apply(old)
    assert facets(old) == facets(archive.db)
    check_counts(old)
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    assert old.execute(triggers).fetchall() == archive.db.execute(triggers).fetchall()
    old.close()
