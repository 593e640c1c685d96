"""Whatever is cut is kept, by a rule and of a kind that a person can look up."""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from pipeline.clean.rules import all_rules
from pipeline.knowledge import load_yaml
from tests.eval.sets import own_pages
from tests.eval.together import served

KINDS = load_yaml("removals.yaml")["kinds"]
STORY = [
    f"On day {n} the inspectors looked at how medicines were kept, spoke to eleven people who live"
    " at the home, and found that nothing was amiss."
    for n in range(1, 60)
]


def page(inside: str, beside: str = "") -> str:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    return (
        f"<html><body><article><h1>Home praised</h1>{story[: len(story) // 2]}"
        f"{story[len(story) // 2 :]}{inside}</article>{beside}</body></html>"
    )


def removed(html: str) -> list[tuple[str, str, str]]:
    found = clean(served("https://a.example/x", html.encode())).removed
    return [(r.rule, r.kind, r.text) for r in found]


def test_every_kind_of_a_rule_is_described() -> None:
    cutting = (rule for rule in all_rules() if rule.how != "keep")
    assert {rule.kind for rule in cutting} <= set(KINDS)


def test_every_kind_on_our_pages_is_described() -> None:
    for own in own_pages():
        article = clean(served(own.url, own.body))
        assert {r.kind for r in article.removed} <= set(KINDS), own.id


def test_what_was_cut_is_kept_whole() -> None:
    words = "Sign up to our newsletter and read of it first. " + "More of the offer. " * 60
    box = f"<div class='newsletter-signup'><p>{words}</p></div>"
    assert ("newsletter-element", "newsletter", words.strip()) in removed(page(box))


def test_what_is_longer_than_a_page_of_print_is_cut_short_and_marked() -> None:
    words = "More of the same offer. " * 400
    cut = [t for _, kind, t in removed(page(f"<div class='newsletter-signup'>{words}</div>"))
           if kind == "newsletter"]  # fmt: skip
    assert len(cut[0]) < 2_010
    assert cut[0].endswith(" …")


@pytest.mark.parametrize(
    ("html", "told"),
    [
        (page("<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"),
         ("controls", "navigation", "Home News")),
        (page("<aside><p>A letter of a reader, which is not part of the story at all.</p></aside>"),
         ("extractor", "unread", "A letter of a reader, which is not part of the story at all.")),
        (page("", f"<div><div><p>{STORY[0].replace('home', 'shop')}</p></div></div>"),
         ("outside-story", "elsewhere", STORY[0].replace("home", "shop"))),
    ],
    ids=["menu", "unread", "elsewhere"],
)  # fmt: skip
def test_what_no_rule_names_is_told_too(html: str, told: tuple[str, str, str]) -> None:
    assert told in removed(html)


def test_a_paragraph_with_line_breaks_is_not_said_to_be_unread() -> None:
    lines = "<p>- The first of the points was met.<br>- The second of the points was not met.</p>"
    assert not [r for r in removed(page(lines)) if r[1] == "unread"]
