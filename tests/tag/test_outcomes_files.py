"""The `tag` command's lines: the contract's keys in order, one line out for each in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.tag.files import KEYS, tag_files, tag_lines

GOOD = {"id": "a", "url": None, "title": "Home rated good", "published_at": "2023-05-01",
        "text": "Rowan Court care home was rated good by the CQC after an inspection."}  # fmt: skip


def test_each_line_has_the_keys_of_the_contract_in_order() -> None:
    (record,) = tag_lines([json.dumps(GOOD)])
    assert tuple(record) == (*KEYS, "known_by")
    known = {(k["id"], k["role"], k["rule"], k["confidence"]) for k in record["known_by"]}
    assert ("cqc", "inspectorate", "short name", "stated") in known
    assert record["text"] == GOOD["text"]
    assert record["inspectorates"] == [{"id": "cqc", "name": "Care Quality Commission"}]
    (judgement,) = record["judgements"]
    keys = (
        "body inspectorate framework aspect grade rank scale status direction start end quote rule"
    )
    assert list(judgement) == [*keys.split(), "confidence"]
    assert judgement["inspectorate"] == "cqc"
    json.dumps(record)


def test_what_clean_prints_is_taken_as_it_is() -> None:
    line = {
        "input": "page.html",
        "headline": GOOD["title"],
        "text": GOOD["text"],
        "byline": [],
        "error": None,
    }
    (record,) = tag_lines([json.dumps(line)])
    assert record["id"] == "page.html"
    assert record["is_report"]


def test_a_bad_line_gives_its_id_and_the_error_and_the_rest_goes_on() -> None:
    failed = json.dumps({"input": "c", "text": None, "error": "no story"})
    lines = ["{", "[]", json.dumps({"id": "b"}), failed,
             json.dumps({"id": "d", "text": "x", "title": 3}), "", json.dumps(GOOD)]  # fmt: skip
    records = list(tag_lines(lines))
    assert [r["id"] for r in records] == ["line 1", "line 2", "b", "c", "d", "a"]
    assert ["error" in r for r in records] == [True, True, True, True, True, False]
    assert records[3]["error"] == "no story"
    assert all(set(r) == {"id", "error"} for r in records[:5])


def test_files_in_order_and_one_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "stories.jsonl"
    file.write_text(json.dumps(GOOD) + "\n", encoding="utf-8")
    binary = tmp_path / "x.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    records = list(tag_files([str(file), str(tmp_path / "none"), str(binary)]))
    assert [r["id"] for r in records] == ["a", str(tmp_path / "none"), str(binary)]
    assert "No such file" in records[1]["error"]
    assert records[2]["error"] == "is not UTF-8 text"


HALF = '{"id": "b", "text": "half \\ud83d"}'
NESTED = '{"id": "n", "text": ' + "[" * 200_000


@pytest.mark.parametrize(
    ("line", "identity", "says"),
    [
        (HALF, "b", "text holds half a surrogate pair"),
        ('{"id": "b", "title": "\\udc00", "text": "x"}', "b", "title holds half a surrogate"),
        ('{"id": "\\ud83d", "text": "x"}', "line 1", "id holds half a surrogate pair"),
        ('{"id": "b", "text": null, "error": "\\ud83d"}', "b", "error holds half a surrogate"),
        (NESTED, "line 1", "could not be tagged: RecursionError"),
    ],
    ids=["text", "title", "id", "error", "too deep"],
)
def test_a_line_nobody_foresaw_costs_only_itself(line: str, identity: str, says: str) -> None:
    first, last = tag_lines([line, json.dumps(GOOD)])
    assert set(first) == {"id", "error"}
    assert first["id"] == identity
    assert first["error"].startswith(says)
    json.dumps([first, last], ensure_ascii=False).encode()
    assert last["is_report"]


def test_a_whole_surrogate_pair_is_a_character() -> None:
    (record,) = tag_lines(['{"id": "b", "text": "a cat \\ud83d\\ude00"}'])
    assert record["text"] == "a cat \U0001f600"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "stories.jsonl"
    file.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n", encoding="utf-8-sig")
    assert [r["id"] for r in tag_files([str(file)])] == ["a", "a"]
