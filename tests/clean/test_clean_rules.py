"""Every cleaning rule against its own examples and counterexamples, and the loader's complaints."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import lxml.html
import pytest

from pipeline.clean import clean, fingerprint
from pipeline.clean.lines import Line, plain_quotes
from pipeline.clean.prune import prune
from pipeline.clean.residue import strip
from pipeline.clean.rules import Rule, all_rules, applies, rules_for
from pipeline.models import Page

RULES = all_rules()
STORY = [
    f"Inspectors said that the {n} team had made good use of its time since the last visit."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
]


def cases(field: str) -> list:
    return [
        pytest.param(rule, text, id=f"{rule.id}-{i}")
        for rule in RULES
        for i, text in enumerate(getattr(rule, field))
        if rule.host == "*" and rule.how not in ("selector", "keep")
    ]


def in_a_page(fragment: str) -> lxml.html.HtmlElement:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    return lxml.html.document_fromstring(
        f"<html><body><article><h1>A headline</h1>{story}<div>{fragment}</div></article></body></html>"  # noqa: E501
    )


def cut_from_tree(fragment: str) -> tuple[set[str], str]:
    """(ids of the rules that cut, text that is left of the whole page)."""
    tree = in_a_page(fragment)
    found = prune(tree, rules_for("site.example", "2026-11-01"))
    return {r.rule for r in found.removed}, " ".join(tree.itertext())


def cut_from_lines(rule: Rule, text: str) -> set[str]:
    lines = [
        *(Line(p) for p in STORY),
        Line(text, linked=rule.how == "linked"),
        *(() if rule.how == "end" else (Line(STORY[0] + "x"),)),
    ]
    rest = strip(lines, rules_for("site.example", "2026-11-01"), headlines={"a headline"},
                 standfirst=None, captions=[], alts=set())  # fmt: skip
    assert all(Line(p) in rest.lines for p in STORY)
    return {r.rule for r in rest.removed}


def words_of(fragment: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", fragment).split())


@pytest.mark.parametrize(("rule", "text"), cases("examples"))
def test_example_is_cut(rule: Rule, text: str) -> None:
    if rule.how in ("element", "label", "box"):
        cut, left = cut_from_tree(text)
        assert rule.id in cut
        once = 1 if rule.kind == "repeat" else 0  # what the story says itself stays there
        assert left.count(words_of(text)[-20:]) == once * len(STORY)
    else:
        assert cut_from_lines(rule, text)


@pytest.mark.parametrize(("rule", "text"), cases("counterexamples"))
def test_counterexample_stays(rule: Rule, text: str) -> None:
    if rule.how in ("element", "label", "box"):
        cut, left = cut_from_tree(text)
        assert cut == set()
        assert words_of(text)[-20:] in " ".join(left.split())
    else:
        assert cut_from_lines(rule, text) == set()


def test_every_general_rule_says_what_it_must_not_cut() -> None:
    assert [r.id for r in RULES if not r.counterexamples and r.host == "*"] == []


def test_a_site_rule_is_for_its_host_and_subdomains_only() -> None:
    rule = Rule("x", "related", "line", "^x$", "paper.example", None, ("x",), ())
    assert applies(rule, "paper.example")
    assert applies(rule, "www.paper.example")
    assert not applies(rule, "otherpaper.example")


def test_fingerprint_is_the_same_for_hosts_without_rules_of_their_own() -> None:
    assert fingerprint("one.example") == fingerprint("two.example")
    assert re.fullmatch(r"[0-9a-f]{16}", fingerprint("one.example"))


def test_a_broad_name_on_the_wrapper_of_the_story_does_not_cost_the_story() -> None:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    html = (
        f"<html><body><div class='related-content'><h1>A headline</h1>{story}</div></body></html>"
    )
    page = Page(
        url="https://a.example/x",
        final_url="https://a.example/x",
        body=html.encode(),
        content_type="text/html",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        digest="",
    )
    assert clean(page).text.split("\n\n") == STORY


def test_patterns_see_typographic_quotes_as_plain_ones() -> None:
    assert plain_quotes("DON’T MISS – “x”") == 'DON\'T MISS - "x"'
