"""Where each body is: the middle of the councils that it covers, or the area that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from pipeline.knowledge.build_agencies.rows import Row


def placed(
    rows: list[Row],
    covers: Mapping[str, Sequence[str]],
    stands: Mapping[str, tuple[str, str]],
) -> list[Row]:
    """The rows with parent, region and position filled in where they had none.

    `covers`: body → councils of its area. `stands`: trust or prison → (council of its main site,
    care board that it belongs to). A body without either stands where its parent is, a former one
    of unknown area where its successor is.
    """
    by_id = {r["id"]: r for r in rows}
    for r in rows:
        council, board = stands.get(r["id"], ("", ""))
        r["parent"] = r["parent"] or board or (council if r["kind"] != "trust" else "")
    _correct(rows, by_id)
    for _ in range(3):  # a successor's parent's councils: no chain is longer
        for r in rows:
            _place(r, by_id, covers, stands)
    return rows


#: Degrees (of latitude and longitude together) by which the list may differ from what is near.
_FAR = 0.7


def _correct(rows: list[Row], by_id: Mapping[str, Row]) -> None:
    """The list puts some counties far from their districts, some former councils in other counties.

    Lancashire stands in the Midlands there, Dorset's districts in Devon. A county stands in the
    middle of its living districts; a former council far from its successors stands where they do.
    """
    districts: dict[str, list[Row]] = defaultdict(list)
    for r in rows:
        if r["kind"] == "council" and r["parent"].startswith("council:") and not r["valid_until"]:
            districts[r["parent"]].append(r)
    for county, within in districts.items():
        _stand(by_id[county], within)
    for r in rows:
        heirs = [by_id[i] for i in r["successor"].split(";") if i in by_id and by_id[i]["latitude"]]
        if r["kind"] == "council" and r["latitude"] and heirs and _far(r, heirs):
            _stand(r, heirs)


def _far(r: Row, others: Sequence[Row]) -> bool:
    return all(
        abs(float(r["latitude"]) - float(o["latitude"]))
        + abs(float(r["longitude"]) - float(o["longitude"])) > _FAR
        for o in others
    )  # fmt: skip


def _stand(r: Row, near: Sequence[Row]) -> None:
    r["latitude"] = f"{fmean(float(n['latitude']) for n in near):.4f}"
    r["longitude"] = f"{fmean(float(n['longitude']) for n in near):.4f}"


def _place(
    r: Row,
    by_id: Mapping[str, Row],
    covers: Mapping[str, Sequence[str]],
    stands: Mapping[str, tuple[str, str]],
) -> None:
    council = stands.get(r["id"], ("", ""))[0]
    sources = (covers.get(r["id"], ()), [council], [r["parent"]], r["successor"].split(";"))
    for ids in sources:
        near = [by_id[i] for i in ids if i in by_id]
        with_position = [n for n in near if n["latitude"]]
        if with_position and not r["latitude"]:
            _stand(r, with_position)
        regions = {n["region"] for n in near if n["region"]}
        if len(regions) == 1 and not r["region"]:
            r["region"] = regions.pop()
