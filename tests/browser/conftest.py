"""One demo archive, one server, one browser for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from tests.browser.site import chromium, demo_archive, served

#: the level of each heading, as the page has them
_HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Watched:
    """A page of the browser, with what went wrong on it."""

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda e: self.problems.append(f"script: {e}"))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc not in (urlsplit(self.address).netloc, ""):
            self.problems.append(f"another host: {request.url}")

    @property
    def narrow(self) -> bool:
        return (self.page.viewport_size or {"width": 0})["width"] < 720

    def open(self, path: str) -> None:
        response = self.page.goto(self.address + path.lstrip("/"))
        assert response is not None
        assert response.ok, response.status

    def follow(self, link: Locator) -> None:
        """Clicks and waits for the page that it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            link.click()

    def menu(self, name: str) -> None:
        """Follows a link of the bar at the top."""
        self.follow(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name))

    def assert_fits(self) -> None:
        wide = self.page.evaluate(_TOO_WIDE)
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"

    def assert_well(self) -> None:
        """No complaint, nothing too wide, a title, headings that never skip a level."""
        self.assert_fits()
        assert self.page.title(), self.page.url
        levels = self.page.evaluate(_HEADINGS)
        assert levels.count(1) == 1, f"{self.page.url}: {levels}"
        jumps = [(a, b) for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]
        assert not jumps, f"{self.page.url}: headings jump {jumps}"
        assert not self.problems


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(demo_archive(tmp_path_factory.mktemp("browser"))) as where:
        yield where


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(params=[(1280, "light"), (375, "dark")], ids=lambda p: f"{p[0]}{p[1]}")
def watched(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Watched]:
    """A new page on a desktop and on a phone."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        yield Watched(page=context.new_page(), address=address)
    finally:
        context.close()
