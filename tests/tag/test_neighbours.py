"""Councils that are compared with each other: of the gazetteer, in order, kept once."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.archive import Archive, tags
from pipeline.errors import KnowledgeError
from pipeline.knowledge.build_agencies.neighbours import neighbours as of_list
from pipeline.knowledge.build_agencies.rows import Row, row
from pipeline.knowledge.neighbours import neighbours
from pipeline.tag.gazetteer import gazetteer

LIST = """\
la_code,la_code_new,stat_neighbours,stat_neighbours_la_code
901,E1,"903, 902","E3, E2"
902,E2,901,E1
903,E3,,
"""


def by_council() -> dict[str, list[tuple[int, str]]]:
    found = defaultdict(list)
    for agency_id, place, neighbour_id in neighbours():
        found[agency_id].append((place, neighbour_id))
    return found


def test_every_one_is_a_council_that_lives() -> None:
    ids = {i for agency_id, _, neighbour_id in neighbours() for i in (agency_id, neighbour_id)}
    for id_ in ids:
        record = gazetteer().get(id_)
        assert record is not None, id_
        assert record.kind == "council", id_
        assert record.living, id_


def test_each_has_ten_in_order_and_never_itself() -> None:
    # England has 153 councils with children's services (Department for Education, 2023).
    assert len(by_council()) == 153
    for agency_id, near in by_council().items():
        assert [place for place, _ in near] == list(range(1, 11)), agency_id
        assert agency_id not in {n for _, n in near}
        assert len({n for _, n in near}) == len(near), agency_id


def test_they_are_those_of_the_list() -> None:
    near = [n for _, n in by_council()["council:stockton-on-tees"]]
    assert near[:3] == ["council:darlington", "council:dudley", "council:lancashire"]
    # recoded since the list was made: found by their older number
    assert "council:rotherham" in near
    assert "council:barnsley" in {n for _, n in by_council()["council:rotherham"]}
    # there since 2023, in place of Cumbria
    assert by_council()["council:cumberland"]


def agencies(*numbers: str) -> list[Row]:
    return [row(id=f"council:{n}", identifiers=f"gss=E{n}|dfe={n}") for n in numbers]


def test_the_list_is_read_by_old_numbers_and_kept_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "ofsted-council-providers.csv").write_text(LIST, encoding="utf-8")
    assert list(of_list(tmp_path, agencies("901", "902", "903"))) == [
        {"agency_id": "council:901", "neighbour_ids": "council:903;council:902"},
        {"agency_id": "council:902", "neighbour_ids": "council:901"},
    ]
    with pytest.raises(KnowledgeError, match="903"):
        list(of_list(tmp_path, agencies("901", "902")))


@pytest.mark.parametrize("wrong", ["a,b\na,c\n", "a,a;b\n", "a,b;b\n"])
def test_no_council_stands_twice(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "neighbours.csv"
    path.write_text("agency_id,neighbour_ids\n" + wrong, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="stands twice"):
        list(neighbours(str(path)))


def test_only_what_differs_is_written(archive: Archive) -> None:
    rows = [("a", 1, "b"), ("a", 2, "c"), ("b", 1, "a")]
    tags.save_neighbours(archive, rows)
    before = archive.db.conn.total_changes
    tags.save_neighbours(archive, iter(rows))
    assert archive.db.conn.total_changes == before
    tags.save_neighbours(archive, [("a", 1, "c"), ("b", 1, "a")])
    assert archive.db.execute("SELECT * FROM neighbours ORDER BY agency_id").fetchall() == [
        ("a", 1, "c"), ("b", 1, "a"),
    ]  # fmt: skip
    assert archive.db.conn.total_changes == before + 3  # two rows gone, one come
