"""Latitude and longitude to metres on the British National Grid, for all of the United Kingdom.

The transverse Mercator formulas and their constants are those of Ordnance Survey, "A Guide to
Coordinate Systems in Great Britain", annexes A to C (Airy 1830 ellipsoid, National Grid).
"""

from __future__ import annotations

from math import cos, radians, sin, sqrt, tan

#: Airy 1830: half axes in metres
_A, _B = 6_377_563.396, 6_356_256.909
#: National Grid: scale on the central meridian, true origin, metres of the true origin
_SCALE = 0.9996012717
_LATITUDE, _LONGITUDE = radians(49), radians(-2)
_EAST, _NORTH = 400_000.0, -100_000.0

_E2 = 1 - (_B / _A) ** 2
_N = (_A - _B) / (_A + _B)


def national_grid(latitude: float, longitude: float) -> tuple[float, float]:
    """Metres east and north on the National Grid of degrees north and east.

    Degrees of satellite positions (WGS 84) come out up to 120 m off, as the two systems differ;
    on a map of the country that is nothing. Northern Ireland has a grid of its own; this one
    carries on over it, which is what a map of all four nations needs.
    """
    lat, p = radians(latitude), radians(longitude) - _LONGITUDE
    s, c, t2 = sin(lat), cos(lat), tan(lat) ** 2
    nu = _A * _SCALE / sqrt(1 - _E2 * s * s)
    rho = nu * (1 - _E2) / (1 - _E2 * s * s)
    eta2 = nu / rho - 1
    north = (
        _NORTH
        + _meridian(lat)
        + nu / 2 * s * c * p**2
        + nu / 24 * s * c**3 * (5 - t2 + 9 * eta2) * p**4
        + nu / 720 * s * c**5 * (61 - 58 * t2 + t2 * t2) * p**6
    )
    east = (
        _EAST
        + nu * c * p
        + nu / 6 * c**3 * (nu / rho - t2) * p**3
        + nu / 120 * c**5 * (5 - 18 * t2 + t2 * t2 + 14 * eta2 - 58 * t2 * eta2) * p**5
    )
    return east, north


def _meridian(lat: float) -> float:
    """Metres along the meridian from the true origin to a latitude in radians."""
    n, less, more = _N, lat - _LATITUDE, lat + _LATITUDE
    return (
        _B
        * _SCALE
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * less
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(less) * cos(more)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * less) * cos(2 * more)
            - 35 / 24 * n**3 * sin(3 * less) * cos(3 * more)
        )
    )
