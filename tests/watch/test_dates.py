"""The short way for the date that most feeds write says what the long way says."""

from __future__ import annotations

import random

import pytest

from pipeline.watch import dates

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _date(dice: random.Random) -> str:
    """An RFC 822 date, now and then an impossible one."""
    offset = f"{dice.choice('+-')}{dice.randrange(27):02}{dice.randrange(60):02}"
    zone = dice.choice(("GMT", "UTC", "+0000", "-0000", offset))
    day = dice.choice(("{}", "{:02}")).format(dice.randrange(33))
    return (
        f"{dice.choice(DAYS)}, {day} {dice.choice(dates._MONTHS)} {dice.randrange(1000, 2999)} "
        f"{dice.randrange(25):02}:{dice.randrange(61):02}:{dice.randrange(61):02} {zone}"
    )


def test_both_ways_agree():
    dice = random.Random(3)
    read = 0
    for _ in range(1500):
        text = _date(dice)
        short = dates._strict(text)
        if short is not None:
            read += 1
            long = dates._lenient(text)
            assert long is not None
            assert (short[0].isoformat(), short[1]) == (long[0].isoformat(), long[1]), text
    assert read > 500


@pytest.mark.parametrize(
    "text",
    ["Tue, 03 Nov 2026 10:00 GMT", "Tue, 03 Nov 26 10:00:00 GMT", "Tue, 03 Nov 2026 10:00:00 BST",
     "Tue, 03 Nov 2026 10:00:60 GMT", "Tue, 31 Nov 2026 10:00:00 GMT", "3 Nov 2026", "٣ Nov 2026",
     "Tue, 03 Nov 2026 10:00:00 GMT+1", "Tue, 03 Nov 0026 10:00:00 GMT"],
)  # fmt: skip
def test_other_forms_are_left_to_the_long_way(text):
    assert dates._strict(text) is None
