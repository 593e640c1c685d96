"""`python -m tests.browser.screenshots`: the pictures of README, of the demo's archive."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.browser.site import ROOT, chromium, demo_archive, served

DOCS = ROOT / "docs"


def main() -> None:
    """Writes `docs/archive.png` (front page), `story.png` and `source.png`, 1280 pixels wide."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(demo_archive(Path(folder))) as address,
        chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.goto(address)
        page.screenshot(path=DOCS / "archive.png")
        page.goto(f"{address}demo/search?q=neglect")
        with page.expect_navigation(wait_until="load"):
            page.locator("td.col-headline a").first.click()
        page.screenshot(path=DOCS / "story.png")
        page.set_viewport_size({"width": 1280, "height": 610})
        page.goto(f"{address}demo/sources/fenland-free-press")
        page.screenshot(path=DOCS / "source.png")


if __name__ == "__main__":
    main()
