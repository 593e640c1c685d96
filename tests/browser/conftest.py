"""One demo archive, one server, one browser for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from tests.browser.site import chromium, demo_archive, served


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

    def open(self, path: str) -> None:
        response = self.page.goto(self.address + path.lstrip("/"))
        assert response is not None
        assert response.ok, response.status

    def follow(self, link: Locator) -> None:
        """Clicks and waits for the page that it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            link.click()

    def assert_well(self) -> None:
        """Nothing complained, nothing is wider than the screen, and there is one main heading."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"
        assert self.page.locator("h1").count() == 1, self.page.url
        assert not self.problems


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(demo_archive(tmp_path_factory.mktemp("browser"))) as where:
        yield where


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(
    params=[(1280, "light"), (375, "light"), (375, "dark")], ids=lambda p: f"{p[0]}{p[1]}"
)
def watched(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Watched]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        yield Watched(page=context.new_page(), address=address)
    finally:
        context.close()
