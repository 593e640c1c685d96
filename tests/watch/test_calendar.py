"""Bank holidays as GOV.UK lists them, and what the calendar says of a silence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.watch import calendar

#: https://www.gov.uk/bank-holidays: England and Wales
ENGLAND = {
    2024: "1 Jan, 29 Mar, 1 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec",
    2025: "1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec",
    2026: "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
    2027: "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
}
SCOTLAND = {
    2024: "1 Jan, 2 Jan, 29 Mar, 6 May, 27 May, 5 Aug, 2 Dec, 25 Dec, 26 Dec",
    2025: "1 Jan, 2 Jan, 18 Apr, 5 May, 26 May, 4 Aug, 1 Dec, 25 Dec, 26 Dec",
    2026: "1 Jan, 2 Jan, 3 Apr, 4 May, 25 May, 15 Jun, 3 Aug, 30 Nov, 25 Dec, 28 Dec",
    2027: "1 Jan, 4 Jan, 26 Mar, 3 May, 31 May, 2 Aug, 30 Nov, 27 Dec, 28 Dec",
}
NORTHERN_IRELAND = {
    2024: "1 Jan, 18 Mar, 29 Mar, 1 Apr, 6 May, 27 May, 12 Jul, 26 Aug, 25 Dec, 26 Dec",
    2025: "1 Jan, 17 Mar, 18 Apr, 21 Apr, 5 May, 26 May, 14 Jul, 25 Aug, 25 Dec, 26 Dec",
    2026: "1 Jan, 17 Mar, 3 Apr, 6 Apr, 4 May, 25 May, 13 Jul, 31 Aug, 25 Dec, 28 Dec",
}


@pytest.mark.parametrize(
    ("nation", "year", "days"),
    [
        *(("england", year, days) for year, days in ENGLAND.items()),
        *(("wales", year, days) for year, days in ENGLAND.items()),
        *(("scotland", year, days) for year, days in SCOTLAND.items()),
        *(("northern-ireland", year, days) for year, days in NORTHERN_IRELAND.items()),
    ],
)
def test_bank_holidays_are_those_of_the_list(nation: str, year: int, days: str) -> None:
    found = calendar.bank_holidays(year, nation)
    assert ", ".join(f"{d.day} {d:%b}" for d in found) == days


@pytest.mark.parametrize(
    ("day", "poll"),
    [
        (date(2024, 3, 21), date(2024, 5, 2)),
        (date(2024, 5, 24), None),
        (date(2024, 5, 25), date(2024, 7, 4)),
        (date(2024, 7, 4), date(2024, 7, 4)),
        (date(2024, 7, 5), None),
        (date(2026, 3, 25), None),
        (date(2026, 3, 26), date(2026, 5, 7)),
        (date(2027, 5, 6), date(2027, 5, 6)),
        (date(2031, 4, 20), date(2031, 5, 1)),  # computed: the calendar does not run out
        (date(2026, 11, 3), None),
    ],
)
def test_the_weeks_before_an_election(day: date, poll: date | None) -> None:
    found = calendar.pre_election(day)
    assert (found.poll if found else None) == poll


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://www.anytown.gov.example/feed", True),
        ("https://news.northshire.police.example/rss", True),
        ("https://www.anytown-hospitals.nhs.example/feed", True),
        ("https://www.anytowngazette.example/feed", False),
        ("https://www.governing.example/feed", False),
        ("https://www.cqc.org.uk/feed", True),
        ("https://notcqc.org.uk/feed", False),
        (None, False),
        ("http://[broken", False),
    ],
)
def test_whom_the_pre_election_period_binds(url: str | None, public: bool) -> None:
    assert calendar.is_public(url) is public


@pytest.mark.parametrize(
    ("since", "now", "why"),
    [
        ("2026-11-03 21:00", "2026-11-04 03:00", "it is night"),
        ("2026-11-03 09:00", "2026-11-03 15:00", None),
        ("2026-11-03 09:00", "2026-11-05 23:00", None),  # two days: not the night's doing
        ("2026-07-03 19:00", "2026-07-03 20:30", "it is night"),  # 21:30 in summer
        ("2026-11-06 17:00", "2026-11-07 15:00", "it is the weekend"),
        ("2026-11-06 17:00", "2026-11-09 10:00", "it was the weekend"),
        ("2026-08-28 17:00", "2026-08-31 12:00", "it is a bank holiday, the summer bank holiday"),
        ("2026-04-02 17:00", "2026-04-07 09:00", "it was a bank holiday, Easter Monday"),
        ("2026-12-23 17:00", "2026-12-30 12:00", "it is Christmas"),
        ("2026-12-23 17:00", "2027-01-04 12:00", "it was Christmas"),
        ("2026-12-01 17:00", "2026-12-27 12:00", None),  # three weeks of work before it
        ("2026-11-02 09:00", "2026-11-20 10:00", None),
        ("2027-03-20 12:00", "2027-04-15 12:00",
         "public bodies say little in the weeks before the elections of 6 May 2027"),
        ("2024-05-20 12:00", "2024-06-10 12:00",
         "public bodies say little in the weeks before the general election of 4 July 2024"),
        ("2027-04-01 12:00", "2027-05-10 12:00",
         "public bodies said little in the weeks before the elections of 6 May 2027"),
        ("2027-02-01 12:00", "2027-04-01 12:00", None),  # most of it was before
        ("1990-01-01 12:00", "2026-11-03 12:00", None),
    ],
)  # fmt: skip
def test_what_the_calendar_says_of_a_silence(since: str, now: str, why: str | None) -> None:
    start, end = (datetime.fromisoformat(t).replace(tzinfo=UTC) for t in (since, now))
    assert calendar.why_quiet(end, start) == why


def test_a_paper_is_not_bound_by_the_pre_election_period() -> None:
    start, end = datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 4, 21, tzinfo=UTC)
    assert calendar.why_quiet(end, start, public=False) is None


def test_days_off_hold_at_the_turn_of_every_year() -> None:
    epoch = date(1970, 1, 1).toordinal()
    for year in range(2000, 2060):
        for day in (date(year, 12, 24), date(year, 12, 31), date(year + 1, 1, 1)):
            number = day.toordinal() - epoch
            assert number in calendar.days_off(year)
            assert calendar.is_day_off(day)
        assert date(year, 6, 17).toordinal() - epoch not in calendar.days_off(year)
