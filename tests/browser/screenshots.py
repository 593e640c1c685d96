"""`python -m tests.browser.screenshots`: the pictures of README, of the demo's archive."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.site import ROOT, chromium, demo_archive, served
from tests.browser.tour import tour, walk

DOCS = ROOT / "docs"
#: pixels across; README is shown about 900 wide
WIDTH = 1100


def main() -> None:
    """Writes `archive.png` (front page), `story.png`, `source.png`, `tour-1.png` … to docs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(demo_archive(Path(folder))) as address,
        chromium() as browser,
    ):
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 800}, color_scheme="light", reduced_motion="reduce"
        )
        page.goto(address)
        _take(page, "archive.png", "body", 1150)
        page.locator("table.reports").get_by_role(
            "link", name="Harwick downgraded to inadequate for help and protection"
        ).click()
        page.wait_for_load_state()
        _take(page, "story.png", "body", 900)
        page.goto(f"{address}source/fenland-free-press")
        _take(page, "source.png", "body", 640)
        for stop in tour():
            walk(page, address, stop)
            _take(page, stop.picture, stop.top, stop.high)


def _take(page: Page, name: str, top: str, high: int) -> None:
    """A picture of the whole width, from the top of an element down."""
    y = page.evaluate("s => document.querySelector(s).getBoundingClientRect().top + scrollY", top)
    whole = page.evaluate("document.documentElement.scrollHeight")
    begin = max(0, y - 6 if y else 0)
    clip = {"x": 0, "y": begin, "width": WIDTH, "height": min(high, whole - begin)}
    page.screenshot(path=DOCS / name, full_page=True, clip=clip)


if __name__ == "__main__":
    main()
