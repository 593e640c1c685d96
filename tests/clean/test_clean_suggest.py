"""`clean --suggest`: what it prints is loaded by the real loader, and does what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipeline import knowledge
from pipeline.clean import clean, files, suggest
from pipeline.clean.doubtful import FILE, of_itself
from pipeline.clean.lines import is_prose
from pipeline.clean.selectors import is_stable
from pipeline.cli import cli
from pipeline.errors import CleanError
from pipeline.models import Page
from tests.clean.conftest import SitesFile

pytestmark = pytest.mark.usefixtures("sites")

STORY = [
    f"Inspectors said that the {n} team had made good use of its time since the last visit."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
VOICES = (
    "Parents at the gate said that they had been told of the letter by their children, and that"
    " nobody from the school had answered the telephone for the rest of that week."
)
GOSSIP = "The clock above the fish stall has been heard to strike thirteen on market days."
PRIZE = "<div class='prize-box'><h4>The big draw</h4><p>Win a hamper from the farm</p></div>"


def page(
    *pieces: str, host: str = "paper.example", story: list[str] = STORY, path: str = "/news/1"
) -> Page:
    """The story's paragraphs, and the pieces after the fourth of them."""
    told = [f"<p>{p}</p>" for p in story]
    body = "".join([*told[:4], *pieces, *told[4:]])
    html = f"<html><body><article><h1>A headline</h1>{body}</article></body></html>"
    url = f"https://{host}{path}" if host else ""
    return Page(url=url, final_url=url, body=html.encode(), content_type="text/html",
                fetched_at=datetime(2026, 6, 1, tzinfo=UTC), digest="")  # fmt: skip


def another(who: str) -> list[str]:
    """A story of other words."""
    return [p.replace("Inspectors", who) for p in STORY]


def paragraphs(one: Page) -> list[str]:
    return clean(one).text.split("\n\n")


def records(proposed: str) -> list[dict[str, str]]:
    return yaml.safe_load(proposed) or []


def to_decide(proposed: str) -> list[dict[str, str]]:
    """The records that are commented out, with the `# ` taken away as the output says."""
    lines = proposed.partition("# FOR YOU TO DECIDE")[2].partition("# PROOF")[0].splitlines()
    return yaml.safe_load("\n".join(x[2:] for x in lines if re.match(r"# (?:- id|  )", x)
                                    and not x.startswith('#   "'))) or []  # fmt: skip


# ---------------------------------------------------------------- what comes out is used as it is


def test_what_is_proposed_loads_as_it_is_and_cuts_what_it_says(sites: SitesFile) -> None:
    one = page(PRIZE)
    proposed = suggest(one)
    before = paragraphs(one)
    sites.append(proposed)
    after = paragraphs(one)

    assert [r["pattern"] for r in records(proposed)] == ["div.prize-box"]
    assert (
        "# Names 1 element; 9 words of the text would go, no paragraph of running text" in proposed
    )
    assert [p for p in before if p not in after] == ["The big draw", "Win a hamper from the farm"]
    assert after == STORY
    assert suggest(one).endswith("# Nothing more to cut, and nothing to bring back, was found.\n")


def test_it_says_what_was_cut_what_stayed_and_what_to_look_at() -> None:
    share = "<div class='share-bar'><a href='#'>Share this story</a></div>"
    proposed = suggest(page(share, PRIZE))

    assert '#   share-element (share), 1 x: "Share this story"' in proposed
    assert "# STAYED: 10 paragraphs, 145 words, of which 8 read like running text." in proposed
    assert '#   "Win a hamper from the farm" (asks something of the reader)' in proposed


def test_a_page_where_nothing_is_doubtful_says_so(sites: SitesFile) -> None:
    proposed = suggest(page())

    assert "# Nothing of what stayed looks doubtful." in proposed
    assert records(proposed) == []
    sites.append(proposed)
    assert paragraphs(page()) == STORY


def test_a_piece_that_a_general_rule_cut_is_brought_back(sites: SitesFile) -> None:
    one = page(f"<div class='related-content'><p>{VOICES}</p></div>")
    proposed = suggest(one)
    assert VOICES not in paragraphs(one)
    sites.append(proposed)

    (record,) = records(proposed)
    assert (record["how"], record["pattern"]) == ("keep", "div.related-content")
    assert "brings back 32 words that related-element (related) had cut" in proposed
    assert paragraphs(one) == [*STORY[:4], VOICES, *STORY[4:]]


def test_a_teaser_of_another_story_is_not_brought_back() -> None:
    teaser = f"<div class='related-content'><p><a href='/news/2'>{VOICES}</a></p></div>"

    assert records(suggest(page(teaser))) == []


# ---------------------------------------------------------------- which selector


@pytest.mark.parametrize(
    ("box", "pattern"),
    [
        ("<div id='prize-box' class='css-1x2y3z'>{}</div>", "#prize-box"),
        ("<div id='box-88213' class='css-1x2y3z prize-box'>{}</div>", "div.prize-box"),
        ("<section class='row col-6 prizes'>{}</section>", "section.prizes"),
        ("<div class='kGhTfB' data-component='prize-block'>{}</div>",
         'div[data-component="prize-block"]'),
        ("<div class='extras'><div class='css-x1 sc-abc'>{}</div></div>", "div.extras"),
    ],
)  # fmt: skip
def test_stable_names_are_used(box: str, pattern: str) -> None:
    (record,) = records(suggest(page(box.format("<p>Win a hamper from the farm</p>"))))

    assert record["pattern"] == pattern


def test_parent_and_child_where_the_class_alone_would_cut_the_story(sites: SitesFile) -> None:
    told = "".join(f"<p class='line-text'>{p}</p>" for p in STORY)
    draw = "<div class='draw'><p class='line-text'>Win a hamper from the farm</p><p>{}</p></div>"
    one = page(told, draw.format("It was announced by the mayor at noon on Monday."), story=[])
    proposed = suggest(one)
    sites.append(proposed)

    assert [r["pattern"] for r in records(proposed)] == ["div.draw p.line-text"]
    assert [p for p in STORY if p not in paragraphs(one)] == []
    assert "Win a hamper from the farm" not in paragraphs(one)


@pytest.mark.parametrize("name", ["css-1x2y3z", "sc-abc", "kGhTfB", "row", "post-88213",
                                  "Box_box__aBcDe", "jsx-header"])  # fmt: skip
def test_generated_names_name_nothing(name: str) -> None:
    assert not is_stable(name)


@pytest.mark.parametrize("name", ["mkt-heard", "storyBox", "c-card__title", "Promo", "ad"])
def test_written_names_do(name: str) -> None:
    assert is_stable(name)


def test_without_names_the_whole_line_is_the_rule(sites: SitesFile) -> None:
    one = page("<div><b>Win a hamper (worth £40) from the farm</b></div>")
    proposed = suggest(one)
    sites.append(proposed)

    (record,) = records(proposed)
    assert record["how"] == "line"
    assert record["pattern"] == r"^Win a hamper \(worth £40\) from the farm$"
    assert "# No id or class of this page names it" in proposed
    assert paragraphs(one) == STORY


# ---------------------------------------------------------------- what only a person may decide


def test_running_text_is_never_cut_by_what_is_printed_as_a_record(sites: SitesFile) -> None:
    one = page(f"<div class='mkt-heard'><p>{GOSSIP}</p></div>")
    proposed = suggest(one)
    sites.append(proposed)

    assert GOSSIP in paragraphs(one), "it is left to the person"
    assert records(proposed) == []
    (record,) = to_decide(proposed)
    assert record["pattern"] == "div.mkt-heard"
    assert "LOOK: 1 paragraph of running text would go" in proposed
    sites.write(record)
    assert paragraphs(one) == STORY


# ---------------------------------------------------------------- several pages


def test_a_rule_that_helps_several_pages_is_proposed_once() -> None:
    other = page(PRIZE, path="/news/2", story=another("Auditors"))
    proposed = suggest(page(PRIZE), other, page(path="/news/3", story=another("Governors")))

    assert [r["pattern"] for r in records(proposed)] == ["div.prize-box"]
    assert "It would change 2 of these 3 pages." in proposed


def test_a_rule_that_would_cost_another_page_its_story_is_not_proposed() -> None:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    other = page(f"<div class='prize-box'>{story.replace('team', 'crew')}</div>", path="/news/2")

    assert [r["pattern"] for r in records(suggest(page(PRIZE)))] == ["div.prize-box"]
    assert "div.prize-box" not in [r["pattern"] for r in records(suggest(page(PRIZE), other))]


def test_a_line_on_several_pages_is_found_though_its_number_differs(sites: SitesFile) -> None:
    line = "<p>Plate {} of the albums may be seen in the reading room until Saturday.</p>"
    stories = [another(who) for who in ("Auditors", "Governors", "Magistrates")]
    pages = [page(line.format(n), path=f"/news/{n}", story=s) for n, s in enumerate(stories)]
    (record,) = to_decide(suggest(*pages))

    assert record["pattern"].startswith(r"^Plate \d+ of the albums")
    sites.write(record)
    assert [paragraphs(one) for one in pages] == stories


def test_two_pages_of_one_story_are_no_proof_that_it_is_the_sites_own() -> None:
    proposed = suggest(page(), page(path="/amp/1", story=STORY[:7]))

    assert proposed.count("# Nothing of what stayed looks doubtful.") == 2


def test_papers_are_looked_at_apart_and_the_same_page_once() -> None:
    proposed = suggest(page(PRIZE), page(PRIZE, host="www.paper.example"),
                       page(PRIZE, host="other.example", path="/x"))  # fmt: skip

    assert [r["host"] for r in records(proposed)] == ["other.example", "paper.example"]
    assert "would change" not in proposed


# ---------------------------------------------------------------- the command


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(page(PRIZE).body)
    return path


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, ["clean", "--suggest", *words], catch_exceptions=False,
                              standalone_mode=False)  # fmt: skip
    return done.stdout


def test_the_command_names_the_page_and_its_host(saved: Path) -> None:
    proposed = run(str(saved), "--url", "https://www.Paper.example/news/1?utm_source=x")

    assert proposed.startswith("# https://www.paper.example/news/1\n")
    assert [r["host"] for r in records(proposed)] == ["paper.example"]
    assert "tests/clean/sites/: paper-prize-box.html" in proposed
    assert "derive --stage clean --host www.paper.example" in proposed


def test_a_page_without_address_gets_a_host_to_write_over(saved: Path) -> None:
    proposed = run(str(saved))

    assert proposed.startswith("# A page without address\n")
    assert [r["host"] for r in records(proposed)] == ["site.example"]
    assert "write the paper's host for site.example, or give --url" in " ".join(proposed.split())


def test_what_is_no_page_is_one_sentence(saved: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7 whatever")
    with pytest.raises(CleanError, match=r"report\.pdf: it is a PDF: site rules are for web pages"):
        files.suggestion(str(saved), str(pdf))
    with pytest.raises(CleanError, match=r"nowhere\.html: there is no such file"):
        files.suggestion(str(saved), str(tmp_path / "nowhere.html"))


def test_a_page_without_story_is_told_beside_the_others() -> None:
    empty = Page(**{**{f: getattr(page(), f) for f in Page.__dataclass_fields__},
                    "body": b"<html><body><p>Log in</p></body></html>"})  # fmt: skip
    proposed = suggest(page(PRIZE), empty)

    assert "# not cleaned: no story text found on the page" in proposed
    assert len(records(proposed)) == 1


@pytest.mark.parametrize("words", ["a \x07bell\x1b[31m", "a\u2028b\x85c", "# - id: x", "a: b - c"])
def test_hostile_words_stay_in_their_comment(sites: SitesFile, words: str) -> None:
    one = page(f"<div class='prize-box'><p>Win a hamper {words}</p></div>")
    proposed = suggest(one)
    sites.append(proposed)

    assert len(records(proposed)) == 1
    assert paragraphs(one) == STORY


# ---------------------------------------------------------------- the wordings


@pytest.mark.parametrize("record", knowledge.load_yaml(FILE)["rules"], ids=lambda r: r["id"])
def test_a_wording_of_doubt_knows_its_examples(record: dict[str, list[str]]) -> None:
    found = [of_itself(text, ()) for text in record["examples"]]
    assert [d.kind if d else None for d in found] == [record["kind"]] * len(found)
    assert record["kind"] in knowledge.load_yaml("removals.yaml")["kinds"]
    wrong = [text for text in record["counterexamples"] if of_itself(text, (), edge=False)]
    assert wrong == []
    assert all(map(is_prose, STORY))
