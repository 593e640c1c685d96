"""Every kind of page for everybody: by keyboard, by screen reader, enlarged, in light and dark.

The rules are those of axe-core for WCAG 2.2 A and AA and its best practice; what it calls serious
or critical fails. axe cannot tell whether a heading skips a level for a reason or focus can be
seen, so that is looked at here.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Watched
from tests.browser.kinds import KINDS

pytestmark = pytest.mark.browser

_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
#: the rules whose answer depends on light and dark
_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_HIGH = 800
#: pages of the crawl, and of one kind of address in it
_PAGES, _EACH = 120, 14


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    """A page without its content security policy, which rightly forbids what axe brings along."""
    context = browser.new_context(
        viewport={"width": 1280, "height": _HIGH}, bypass_csp=True, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _violations(page: Page, rules: list[str] | None = None) -> list[str]:
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _TAGS}
    found: dict[str, Any] = page.evaluate(
        "only => axe.run({resultTypes: ['violations'], runOnly: only})", only
    )
    return [
        f"{v['id']} ({v['impact']}): {node['target']} {node['html'][:200]}"
        for v in found["violations"] if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_barrier_of_serious_impact(bare: Page, address: str, kind: str) -> None:
    found = []
    bare.set_viewport_size({"width": 1280, "height": _HIGH})
    bare.emulate_media(color_scheme="light")
    bare.goto(address + KINDS[kind].lstrip("/"))
    bare.evaluate(AXE_SCRIPT)
    for width, scheme, rules in (
        (1280, "light", None), (1280, "dark", _OF_COLOUR), (375, "dark", None),
        (375, "light", _OF_COLOUR),
    ):  # fmt: skip
        bare.set_viewport_size({"width": width, "height": _HIGH})
        bare.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{width} {scheme}: {words}" for words in _violations(bare, rules)]
    assert not found, "\n".join(found)


def test_axe_does_find_barriers(bare: Page) -> None:
    bare.set_content('<p style="color:#aaa;background:#fff">faint</p><input><img src="">')
    bare.evaluate(AXE_SCRIPT)
    found = {words.split()[0] for words in _violations(bare)}
    assert {"color-contrast", "label", "image-alt"} <= found


def test_every_kind_of_page_is_in_order_and_has_a_title_of_its_own(
    browser: Browser, address: str
) -> None:
    """At the width of a desktop; then enlarged to 200 % and to 400 % (WCAG 2.2, 1.4.4, 1.4.10)."""
    context = browser.new_context(viewport={"width": 1280, "height": _HIGH})
    watched = Watched(page=context.new_page(), address=address)
    titles: Counter[str] = Counter()
    for path in (p for kind, p in KINDS.items() if kind != "not-found"):
        watched.page.set_viewport_size({"width": 1280, "height": _HIGH})
        watched.open(path)
        watched.assert_well()
        titles[watched.page.title()] += not path.startswith(("/?", "/map?"))
        for width in (640, 320):
            watched.page.set_viewport_size({"width": width, "height": _HIGH * width // 1280})
            watched.assert_fits()
    context.close()
    assert [t for t, n in titles.items() if n > 1] == []


def test_a_page_that_is_not_there_says_so(browser: Browser, address: str) -> None:
    page = browser.new_page()
    response = page.goto(address + KINDS["not-found"].lstrip("/"))
    assert response
    assert response.status == 404
    assert page.locator("h1").inner_text() == "Not found"
    page.close()


def test_the_keyboard_reaches_the_content_first(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator("a.skip").bounding_box()
    assert box
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("kind", ["front", "story", "search", "map", "table"])
def test_focus_is_seen_wherever_it_goes(watched: Watched, kind: str) -> None:
    """The first sixty stops: each has an outline of 2 pixels or more, and stands on the screen."""
    watched.open(KINDS[kind])
    stops = []
    for _ in range(60):
        watched.page.keyboard.press("Tab")
        stops.append(
            watched.page.evaluate("""() => {
            const at = document.activeElement;
            if (at === document.body) return null;
            const style = getComputedStyle(at), box = at.getBoundingClientRect();
            return {
                what: at.outerHTML.slice(0, 120),
                outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
                seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.width > 0,
            };
        }""")
        )
    real = [stop for stop in stops if stop]
    assert len(real) >= 20
    assert [stop for stop in real if stop["outline"] < 2 or not stop["seen"]] == []


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_do_not_want_it(
    browser: Browser, address: str, wish: Any
) -> None:
    page = browser.new_page(reduced_motion=wish)
    page.goto(address)
    scroll = page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert scroll == ("auto" if wish == "reduce" else "smooth")
    moving = """[...document.querySelectorAll('*')].filter(e => {
        const s = getComputedStyle(e);
        return parseFloat(s.transitionDuration) || s.animationName !== 'none';
    }).length"""
    assert page.evaluate(moving) == 0
    page.close()


def test_every_page_within_two_clicks_of_the_front_page_is_there(address: str) -> None:
    """By plain HTTP, those of one kind of address no more than a few times."""
    waiting, asked, kinds = deque([(address, 0)]), {address}, Counter[str]()
    failed = []
    while waiting:
        url, depth = waiting.popleft()
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                kind, body = response.headers["content-type"], response.read()
        except urllib.error.HTTPError as error:
            failed.append((error.code, url))
            continue
        if depth == 2 or not kind.startswith("text/html"):
            continue
        for href in re.findall(r'<a[^>]* href="([^"]+)"', body.decode()):
            target = urldefrag(urljoin(url, href.replace("&amp;", "&")))[0]
            parts = urlsplit(target)
            shape = "/".join(parts.path.split("/")[:2]) + "?" * bool(parts.query)
            if not target.startswith(address) or target in asked:
                continue
            if len(asked) < _PAGES and kinds[shape] < _EACH:
                asked.add(target)
                kinds[shape] += 1
                waiting.append((target, depth + 1))
    assert len(asked) == _PAGES
    assert not failed
