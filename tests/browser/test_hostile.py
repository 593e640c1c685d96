"""A hostile archive in a real browser: nothing runs, nothing is fetched elsewhere, nothing asks."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import served
from tests.publish.hostile import make, payloads

pytestmark = pytest.mark.browser
WORDS = payloads()
SHORT = {name: word for name, word in WORDS.items() if len(word) < 2000}
OURS = "'**' || headline || '** **' || byline || '**' AS snippet, url, publisher AS headline"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("hostile") / "archive.db"
    make(path, WORDS)
    with served(path) as where:
        yield where.rstrip("/")


def addresses(kind: str) -> list[str]:
    number = dict(zip(WORDS, range(1, len(WORDS) + 1), strict=True))
    each = {
        "lists": lambda: ["/", "/search", "/search?page=2", "/search?page=3", "/map", "/questions",
                          "/question/near-misses", "/question/not-read", "/question/missed",
                          "/question/removed", "/question/sources-that-disagree",
                          "/question/official-pages", "/question/latest-judgement"],
        "stories": lambda: [f"/story/{n}" for n in number.values()],
        "sources": lambda: [f"/source/{quote(w, safe='')}" for w in SHORT.values()],
        "agencies": lambda: [f"/{'inspectorate' if number[name] % 2 else 'agency'}/"
                             f"{quote(w, safe='')}" for name, w in SHORT.items()],
        "asked": lambda: [f"/search?{urlencode({'q': w, 'publisher': w})}" for w in SHORT.values()]
        + [f"/?{urlencode({'watch': w})}" for w in SHORT.values()],
        "tables": lambda: [f"/archive/{t}?_size=100" for t in (
            "articles", "agencies", "sources", "feeds", "entries", "robots", "removals",
            "revisions", "findings", "judgements", "inspections_reported", "source_health")],
        "queries": lambda: [
            "/archive?" + urlencode({"sql": f"select {OURS} from articles"}),
            *("/archive?" + urlencode({"sql": 'select :x as "{}"'.format(w.replace('"', '""')),
                                       "x": w}) for w in SHORT.values() if "\0" not in w)],
    }  # fmt: skip
    return each[kind]()


@pytest.mark.parametrize(
    "kind", ["lists", "stories", "sources", "agencies", "asked", "tables", "queries"]
)
def test_nothing_runs_and_nothing_is_fetched_elsewhere(
    kind: str, browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong = watch(page, address)
    try:
        for path in addresses(kind):
            seen = len(wrong)
            response = page.goto(address + path, wait_until="load")
            assert response is not None
            assert response.status in (200, 400, 404), path
            assert page.evaluate("typeof window.injected") == "undefined", path
            assert page.url.startswith(address), path
            wrong[seen:] = [f"{path[:120]}: {w}" for w in wrong[seen:]]
        assert not wrong
    finally:
        context.close()


def watch(page: Page, address: str) -> list[str]:
    """What goes wrong on a page, as it happens."""
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("popup", lambda popup: wrong.append(f"window: {popup.url}"))
    page.on("download", lambda download: wrong.append(f"download: {download.url}"))
    page.on(
        "request",
        lambda r: (
            wrong.append(f"another host: {r.url}")
            if urlsplit(r.url).netloc != urlsplit(address).netloc and not r.url.startswith("data:")
            else None
        ),
    )
    page.on(
        "console",
        lambda message: (
            wrong.append(f"console: {message.text}")
            if message.type in ("error", "warning") and "status of 40" not in message.text
            else None
        ),
    )
    return wrong


def test_hovering_and_clicking_runs_nothing_either(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong = watch(page, address)
    try:
        for number in range(1, len(WORDS) + 1):
            page.goto(f"{address}/story/{number}")
            page.evaluate(
                "for (const e of document.querySelectorAll('main *')) for (const name of"
                " ['mouseover', 'focus', 'mouseenter', 'pointerover', 'animationstart'])"
                " e.dispatchEvent(new Event(name, {bubbles: true}))"
            )
            hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.protocol)")
            assert set(hrefs) <= {"http:", "https:"}, number
            assert page.evaluate("typeof window.injected") == "undefined", number
        assert not wrong
    finally:
        context.close()


def test_the_test_would_notice(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong = watch(page, "http://127.0.0.1")
    try:
        page.set_content(f"<p>{WORDS['script']}{WORDS['image']}<img src=https://evil.example/x>")
        assert page.evaluate("typeof window.injected") == "number"
        assert any("another host" in w for w in wrong)
    finally:
        context.close()
