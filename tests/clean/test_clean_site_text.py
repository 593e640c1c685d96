"""The site's own paragraphs, told from background that newspapers copy: records and rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from pipeline.clean import site
from pipeline.clean.lines import Line
from pipeline.clean.site import Carrier, cut, key, own_keys, page_lines
from pipeline.knowledge import load_yaml
from pipeline.models import PageLine
from tests.several import SUBJECTS

RULES = load_yaml(site.FILE)["rules"]
NAME = "paper.example"
DISCLAIMERS = (
    "No part of these pages may be reproduced in any form without permission in writing.",
    "The Harwick Paper is part of the Kestrel network of local titles, and its office is in the"
    " old corn exchange.",
    "Got a story? Ring our newsroom on 01632 960123, or write to us at news@paper.example.",
    "About Ofsted: Ofsted inspects and regulates services that care for children and young people.",
    "The Care Quality Commission is the independent regulator of health and social care in"
    " England.",
    "Reporting of local democracy in the county is paid for by a levy on broadcasters.",
)


@pytest.mark.parametrize("record", RULES, ids=lambda r: r["id"])
def test_each_record_is_proved_by_its_examples(record: dict[str, list[str]]) -> None:
    pattern = re.compile(str(record["pattern"]), re.I)
    assert record["examples"]
    assert record["counterexamples"]
    assert all(pattern.search(text) for text in record["examples"])
    assert not any(pattern.search(text) for text in record["counterexamples"])


def carrier(number: int, headline: str, texts: Sequence[str]) -> Carrier:
    lines = page_lines(texts, NAME, headline=headline, publisher="Harwick Paper")
    return Carrier(number, headline, lines)


def own(*pages: tuple[str, Sequence[str]]) -> set[str]:
    """The paragraphs that are found to be the site's own."""
    keys = own_keys(carrier(n, headline, texts) for n, (headline, texts) in enumerate(pages))
    return {t for _, texts in pages for t in texts if key(t, NAME) in keys}


def ended(by: Sequence[str], *subjects: str) -> list[tuple[str, list[str]]]:
    return [(SUBJECTS[s][0], [*SUBJECTS[s][1:], *by]) for s in subjects or SUBJECTS]


@pytest.mark.parametrize("text", DISCLAIMERS)
def test_what_ends_unrelated_stories_is_the_sites_own(text: str) -> None:
    assert own(*ended([text])) == {text}
    assert own(*ended([text], "larkfield", "thornby", "fire")) == {text}
    assert own(*ended([text], "larkfield", "thornby")) == set(), "twice may be chance"


def test_what_begins_them_is_too() -> None:
    pages = [(h, [DISCLAIMERS[1], *texts]) for h, texts in ended([])]
    assert own(*pages) == {DISCLAIMERS[1]}


def test_several_stand_in_a_row() -> None:
    pages = ended(DISCLAIMERS[:4])
    assert own(*pages) == set(DISCLAIMERS[:4])


FOLLOW_UPS = (
    ("Larkfield House rated inadequate", (
        "Inspectors found Larkfield House dirty and short of staff in a visit last month.",
        "One resident had waited for forty minutes after a fall.")),
    ("Families demand answers over care home", (
        "Sons and daughters of people who live in Larkfield House met its owner on Friday night.",
        "They want to know why nobody rang them.")),
    ("Harwick provider brings in new boss", (
        "A manager with thirty years behind her is to run Larkfield House from next week.",
        "She was a nurse on the wards of Marlby before.")),
    ("Council moves nine pensioners out", (
        "Nine people who lived at Larkfield House have moved to other homes in the county.",
        "Buses took them there over three days.")),
)  # fmt: skip
BACKGROUND = (
    "The school was rated inadequate in 2022.",
    "Larkfield House, which looks after up to 34 older people, is run by Acorn Care of Stenford.",
    "The home looks after people who live with dementia, and takes them for short stays as well.",
    "Inspectors visited without notice over two days in the second week of September.",
    "It was placed in special measures four years ago, after a whistleblower wrote letters.",
    "A spokesman for Acorn Care said that the company had learned from its mistakes.",
    "The Department for Education has been approached for comment on the findings.",
    "We reported in the spring that Larkfield House had been told to take no more residents.",
    "Acorn Care has the keys to six more homes between Marlby and the coast.",
    "Under the rules a service that is inadequate twice can lose its registration altogether.",
)  # fmt: skip


@pytest.mark.parametrize("text", BACKGROUND)
def test_what_is_copied_from_story_to_story_on_a_subject_stays(text: str) -> None:
    pages = [(headline, [*words, text]) for headline, words in FOLLOW_UPS]
    assert own(*pages) == set()
    assert own(*((h, [*words, text, DISCLAIMERS[0]]) for h, words in FOLLOW_UPS)) <= {
        DISCLAIMERS[0]
    }


@pytest.mark.parametrize(
    "text", [t for t in BACKGROUND if "Larkfield" not in t and "Acorn" not in t]
)
def test_what_tells_of_a_body_stays_also_at_the_end_of_unrelated_stories(text: str) -> None:
    assert own(*ended([text])) == set()


def test_headlines_about_one_thing_are_one_story() -> None:
    headlines = ("Larkfield home closes", "Larkfield home to close", "Larkfield home closed")
    pages = [(h, texts) for h, (_, texts) in zip(headlines, ended(DISCLAIMERS[:1]), strict=False)]
    assert own(*pages) == set()


def test_copies_of_one_story_are_one_story() -> None:
    headline, *words = SUBJECTS["larkfield"]
    pages = [(headlines[0], [*words, f"Line {n} that nobody else has written yet.", DISCLAIMERS[0]])
             for n, headlines in enumerate(SUBJECTS.values())]  # fmt: skip
    assert own(*pages) == set()
    assert headline


def test_what_stands_in_the_middle_is_nobodys_own() -> None:
    pages = [(h, [*texts[:1], DISCLAIMERS[1], *texts[1:]]) for h, texts in ended([])]
    assert own(*pages) == set()


def test_a_page_of_nothing_else_shows_nothing() -> None:
    pages = [(h, list(DISCLAIMERS[:2])) for h, _ in ended([])]
    assert own(*pages) == set()


def test_the_order_of_pages_is_no_matter() -> None:
    pages = [carrier(n, h, t) for n, (h, t) in enumerate(ended(DISCLAIMERS[:3]))]
    assert own_keys(pages) == own_keys(reversed(pages))


# ---------------------------------------------------------------- cutting

STORY = [*SUBJECTS["larkfield"][1:], "After the visit", *SUBJECTS["fire"][1:]]


def without(texts: Sequence[str], *gone: str) -> tuple[list[str], list[str]]:
    lines, removed = cut([Line(t) for t in texts], NAME, {key(g, NAME) for g in gone})
    assert all((r.rule, r.kind) == ("site-repeat", "site") for r in removed)
    return [line.text for line in lines], [r.text for r in removed]


def test_it_is_cut_at_the_edges_alone() -> None:
    first, last, other = DISCLAIMERS[:3]
    assert without([first, *STORY, last], first, last) == (STORY, [first, last])
    inside = [*STORY[:2], first, *STORY[2:]]
    assert without(inside, first) == (inside, [])
    assert without([*STORY, last, other], last) == ([*STORY, last, other], [])


def test_a_heading_goes_with_what_it_stood_over() -> None:
    own_text = DISCLAIMERS[1]
    assert without([*STORY, "About us", own_text, "More"], own_text) == (
        STORY, ["About us", own_text, "More"])  # fmt: skip
    assert without(["Welcome", own_text, *STORY], own_text) == (STORY, ["Welcome", own_text])
    ended_so = [*STORY, "So they say.", own_text]
    assert without(ended_so, own_text) == ([*STORY, "So they say."], [own_text])


def test_where_nothing_would_be_left_everything_stays() -> None:
    texts = ["The mayor has opened a lido.", DISCLAIMERS[0]]
    assert without(texts, DISCLAIMERS[0]) == (texts, [])
    assert without([DISCLAIMERS[0]], DISCLAIMERS[0]) == ([DISCLAIMERS[0]], [])
    assert without([], DISCLAIMERS[0]) == ([], [])


def test_a_long_page_is_compared_by_its_beginning_and_end() -> None:
    lines = page_lines([f"Paragraph number {n} of a very long page." for n in range(1000)], NAME)
    assert len(lines) == 60
    assert lines[-1] == PageLine(key=key("Paragraph number 999 of a very long page.", NAME),
                                 story=False)  # fmt: skip


def test_another_site_has_other_keys() -> None:
    assert key(DISCLAIMERS[0], NAME) != key(DISCLAIMERS[0], "echo.example")
    assert key("No part of THESE pages…", NAME) == key("No part of these “pages”.", NAME)


def test_many_pages_at_hand() -> None:
    pages = {f"https://www.paper.example/{n}": (h, "\n".join(t))
             for n, (h, t) in enumerate(ended(DISCLAIMERS[:1]))}  # fmt: skip
    assert site.by_page(pages) == {key(DISCLAIMERS[0], NAME)}
