"""Records of `sites.yaml`: for one host alone, until their last day, and seen in its fingerprint.

The records are written into a temporary copy of the knowledge folder and read by the real loader.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import knowledge
from pipeline.clean import clean, fingerprint, rules
from pipeline.errors import KnowledgeError
from pipeline.models import Article, Page

STORY = [
    f"Inspectors said that the {n} team had made good use of its time since the last visit."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
RAIL = "The diary of the week, told by those who were there and by those who were not."
VOICES = "Parents at the gate said that they had been told of the letter by their children."
CACHES: tuple[Any, ...] = (
    knowledge.load_yaml, rules._load, rules.rules_for, rules._rule_set, rules.settings,
    rules.fingerprint,
)  # fmt: skip
Write = Callable[..., None]
CUT_RAIL = {"id": "rail", "host": "paper.example", "kind": "promo", "how": "selector",
            "pattern": "div.rail", "examples": ["the diary"]}  # fmt: skip
KEEP_VOICES = {"id": "voices", "host": "paper.example", "kind": "story", "how": "keep",
               "pattern": "div.related-content", "examples": ["parents at the gate"]}  # fmt: skip
CUT_LINE = {"id": "diary", "host": "paper.example", "kind": "promo", "how": "line",
            "pattern": "^the diary of the week.*$", "examples": [RAIL]}  # fmt: skip


def forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def write_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the given records as sites.yaml beside the general rules."""
    for name in (rules.GENERAL, rules.REPEATS, rules.ADDRESSES, rules.OFFICIAL):
        shutil.copy(knowledge.folder() / name, tmp_path)
    monkeypatch.setattr(knowledge, "folder", lambda: tmp_path)

    def write(*records: dict[str, Any]) -> None:
        content = {"version": 1, "rules": list(records)}
        (tmp_path / rules.SITES).write_text(yaml.safe_dump(content), encoding="utf-8")
        forget()

    write()
    yield write
    monkeypatch.undo()
    forget()


def cleaned(host: str, day: int = 1) -> Article:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    body = (
        f"<html><body><article><h1>A headline</h1>{story}<div class='rail'><p>{RAIL}</p></div>"
        f"<div class='related-content'><p>{VOICES}</p></div><p>{STORY[0]} Indeed it had.</p>"
        "</article></body></html>"
    )
    url = f"https://{host}/news/1"
    return clean(Page(url=url, final_url=url, body=body.encode(), content_type="text/html",
                      fetched_at=datetime(2026, 6, day, tzinfo=UTC), digest=""))  # fmt: skip


@pytest.mark.usefixtures("write_sites")
def test_without_records_hosts_are_alike() -> None:
    for host in ("paper.example", "other.example"):
        text = cleaned(host).text
        assert RAIL in text
        assert VOICES not in text


@pytest.mark.parametrize("record", [CUT_RAIL, CUT_LINE], ids=["selector", "line"])
def test_a_record_cuts_on_its_host_alone(write_sites: Write, record: dict[str, Any]) -> None:
    write_sites(record)

    for host in ("paper.example", "www.paper.example"):
        article = cleaned(host)
        assert RAIL not in article.text
        assert (record["id"], "promo") in {(r.rule, r.kind) for r in article.removed}
        assert all(p in article.text for p in STORY)
    for host in ("other.example", "newspaper.example", "paper.example.org"):
        assert RAIL in cleaned(host).text


def test_keep_saves_what_a_general_rule_would_cut(write_sites: Write) -> None:
    write_sites(KEEP_VOICES)

    assert VOICES in cleaned("paper.example").text
    assert VOICES not in cleaned("other.example").text


def test_the_last_day_is_compared_with_the_day_of_the_fetch(write_sites: Write) -> None:
    write_sites({**CUT_RAIL, "valid_until": "2026-06-15"})

    assert RAIL not in cleaned("paper.example", day=1).text
    assert RAIL not in cleaned("paper.example", day=15).text
    assert RAIL in cleaned("paper.example", day=16).text


def test_only_the_fingerprint_of_its_host_changes(write_sites: Write) -> None:
    hosts = ("paper.example", "www.paper.example", "other.example", "newspaper.example")
    before = {host: fingerprint(host) for host in hosts}
    write_sites(CUT_RAIL)
    first = {host: fingerprint(host) for host in hosts}
    write_sites({**CUT_RAIL, "valid_until": "2026-06-15"})
    second = {host: fingerprint(host) for host in hosts}
    write_sites()

    assert {h for h in hosts if first[h] != before[h]} == {"paper.example", "www.paper.example"}
    assert {h for h in hosts if second[h] != first[h]} == {"paper.example", "www.paper.example"}
    assert {host: fingerprint(host) for host in hosts} == before


def test_the_order_of_keys_and_a_comment_change_nothing(write_sites: Write) -> None:
    write_sites(CUT_RAIL)
    before = fingerprint("paper.example")
    path = knowledge.folder() / rules.SITES
    content = {"rules": [dict(reversed(CUT_RAIL.items()))], "version": 1}
    path.write_text("# looked at in May\n" + yaml.safe_dump(content, sort_keys=False), "utf-8")
    forget()

    assert fingerprint("paper.example") == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"host": ""}, "host is missing"),
        ({"how": "somehow"}, "how must be one of"),
        ({"pattern": "div["}, "bad selector"),
        ({"how": "line", "pattern": "(?:x"}, "bad pattern"),
        ({"valid_until": "15/06/2026"}, "valid_until must be YYYY-MM-DD"),
        ({"untill": "2026-06-15"}, "unknown key 'untill'"),
    ],
)
def test_a_wrong_record_is_named(write_sites: Write, change: dict[str, str], problem: str) -> None:
    write_sites({**CUT_RAIL, **change})

    with pytest.raises(KnowledgeError, match=problem) as caught:
        cleaned("paper.example")
    assert (caught.value.path, caught.value.record) == (rules.SITES, "rail")
