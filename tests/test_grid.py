"""The National Grid, against published positions of known places."""

from __future__ import annotations

import pytest

from pipeline.grid import national_grid


def test_the_worked_example_of_ordnance_survey() -> None:
    # "A Guide to Coordinate Systems in Great Britain", annexe C: 52° 39' 27.2531" N,
    # 1° 43' 4.5177" E on the same ellipsoid is E 651409.903, N 313177.270.
    east, north = national_grid(52 + 39 / 60 + 27.2531 / 3600, 1 + 43 / 60 + 4.5177 / 3600)
    assert (east, north) == pytest.approx((651_409.903, 313_177.270), abs=0.002)


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "east", "north"),
    [
        # Grid references as printed on Ordnance Survey's maps; positions by satellite.
        ("Ben Nevis, NN 1667 7128", 56.7969, -5.0036, 216_670, 771_280),
        ("Royal Observatory, Greenwich, TQ 3888 7734", 51.4779, -0.0015, 538_880, 177_340),
        ("true origin of the grid", 49.0, -2.0, 400_000, -100_000),
    ],
)
def test_known_places(
    place: str, latitude: float, longitude: float, east: float, north: float
) -> None:
    assert national_grid(latitude, longitude) == pytest.approx((east, north), abs=250), place
