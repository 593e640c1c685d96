"""README's tour: questions that are answered by clicking alone (`tour.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from playwright.sync_api import Page


@dataclass(frozen=True, kw_only=True)
class Click:
    """`say`: in words; `click`: a Playwright selector; `stays`: no other page comes."""

    say: str
    click: str
    stays: bool = False


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A question, the clicks that answer it, and its picture (`high` pixels from `top` down)."""

    question: str
    asked_by: str
    clicks: tuple[Click, ...]
    answer: str
    shows: tuple[str, ...]
    picture: str
    top: str
    high: int


@lru_cache(maxsize=1)
def tour() -> tuple[Stop, ...]:
    records = yaml.safe_load(Path(__file__).with_name("tour.yaml").read_text(encoding="utf-8"))
    return tuple(
        Stop(
            clicks=tuple(Click(**click) for click in record.pop("clicks")),
            shows=tuple(record.pop("shows")), top=record.pop("from"), **record,
        )
        for record in records
    )  # fmt: skip


def walk(page: Page, address: str, stop: Stop) -> None:
    """From the front page, one click after the other."""
    page.goto(address)
    for click in stop.clicks:
        target = page.locator(click.click).first
        if click.stays:
            target.click()
        else:
            with page.expect_navigation(wait_until="load"):
                target.click()
