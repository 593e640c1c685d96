"""robots.txt: what each answer means, how long it holds, and that nobody is asked twice."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.models import Failure, Response, RobotsRecord
from pipeline.watch import robots
from pipeline.watch.failures import NETWORK_KINDS
from pipeline.watch.fetch import Fetcher, Limits
from tests import web as misbehaving
from tests.web import Behaviour, Web, answers

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ORIGIN = "http://paper.example"
ROBOTS = f"{ORIGIN}/robots.txt"
PAGE = f"{ORIGIN}/news/story"
KEEP_OUT = b"User-agent: *\nDisallow: /\n"
LIMITS = Limits(delay=0.0, feed_seconds=0.4, silence_seconds=0.2)

GOOD = RobotsRecord(origin=ORIGIN, fetched_at=NOW, status=200, body=KEEP_OUT, reason=None)
NONE = replace(GOOD, status=404, body=b"")


def ask(
    web: Web,
    *urls: str,
    known: RobotsRecord | None = None,
    at: datetime = NOW,
    listing: bool = False,
) -> tuple[list[Response | Failure], dict[str, RobotsRecord]]:
    """Pages one after another in one pass, and what the pass learned."""

    async def go() -> tuple[list[Response | Failure], dict[str, RobotsRecord]]:
        async with Fetcher(
            contact="x", limits=LIMITS, connect=web.connect, clock=lambda: at,
            robots={known.origin: known} if known else {},
        ) as f:  # fmt: skip
            get = (lambda u: f.feed(u, robots=True)) if listing else f.page
            return [await get(url) for url in urls], f.learned

    return asyncio.run(go())


# ---------------------------------------------------------------- what an answer means


def gone_round(handler: misbehaving.Handler) -> None:
    """One redirect more than is followed."""
    step = int(handler.path.partition("?")[2] or 0)
    handler.reply(status=302, headers={"Location": f"/robots.txt?{step + 1}"})


@dataclass(frozen=True)
class Case:
    """An answer to robots.txt that asks to keep out, if it asks anything."""

    name: str
    behaviour: Behaviour
    allowed: bool
    body: bytes | None  #: as remembered; None: not known
    says: str = ""  #: where it could not be read
    kind: str = "robots"  #: of the page's failure, where there is one
    kept: bool = True  #: for the passes to come


CASES = (
    Case("rules", answers(200, KEEP_OUT), False, KEEP_OUT),
    Case("rules, compressed", misbehaving.encoded(gzip.compress(KEEP_OUT), "gzip"), False,
         KEEP_OUT),
    Case("nothing in it", answers(200, b""), True, b""),
    Case("no content", answers(204), True, b""),
    Case("a page instead", answers(200, b"<html>welcome</html>"), True, b"<html>welcome</html>"),
    Case("not found", answers(404), True, b""),
    Case("gone", answers(410), True, b""),
    Case("login", answers(401), True, b""),
    Case("forbidden", answers(403), True, b""),
    Case("too many", answers(429), False, None, "429 Too Many Requests"),
    Case("broken", answers(500), False, None, "500 Internal Server Error"),
    Case("overloaded", answers(503), False, None, "503 Service Unavailable"),
    Case("not modified, unasked", answers(304), False, None, "304 Not Modified"),
    Case("never ends to redirect", gone_round, True, b""),
    Case("redirects to itself", misbehaving.redirects("/robots.txt"), True, b""),
    Case("leads to this machine", misbehaving.redirects("http://127.0.0.1:1/robots.txt"), False,
         None, "private address", kept=False),
    Case("silent", misbehaving.slow(2), False, None, "fell silent",
         "timeout", kept=False),
    Case("hangs up", misbehaving.hangs_up, False, None, "broke the answer off",
         "connection", kept=False),
    Case("cut", misbehaving.cut(KEEP_OUT), False, None, "broke the answer off",
         "connection", kept=False),
    Case("damaged", misbehaving.encoded(gzip.compress(KEEP_OUT)[:-9], "gzip"), False, None,
         "ends too early", kept=False),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_each_answer_means_what_the_table_says(web: Web, case: Case) -> None:
    web.behave(ROBOTS, case.behaviour)
    web.serve(PAGE, "<p>story</p>")
    (got,), learned = ask(web, PAGE)
    assert isinstance(got, Response) is case.allowed
    assert web.count(PAGE) == case.allowed
    if isinstance(got, Failure):
        assert (got.kind, got.grade) == (case.kind, "transient" if case.says else "permanent")
        assert case.says in got.reason
    assert (ORIGIN in learned) is case.kept
    if case.kept:
        record = learned[ORIGIN]
        assert (record.body, record.origin, record.fetched_at) == (case.body, ORIGIN, NOW)
        assert case.says in (record.reason or "")
        assert record.tried_at == (NOW if case.says else None)


def test_redirects_lead_to_the_rules_of_the_first_host_even_elsewhere(web: Web) -> None:
    web.behave(ROBOTS, misbehaving.redirects("http://rules.example/robots.txt", 301))
    web.serve("http://rules.example/robots.txt", KEEP_OUT, type="text/plain")
    web.serve(PAGE, "<p>story</p>")
    (got,), learned = ask(web, PAGE)
    assert isinstance(got, Failure)
    assert list(learned) == [ORIGIN]
    assert learned[ORIGIN].body == KEEP_OUT


def test_a_page_that_moved_elsewhere_obeys_the_rules_there(web: Web) -> None:
    web.behave(PAGE, misbehaving.redirects("http://other.example/story"))
    web.serve("http://other.example/robots.txt", KEEP_OUT, type="text/plain")
    web.serve("http://other.example/story", "<p>story</p>")
    (got,), learned = ask(web, PAGE)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade, got.url) == ("robots", "permanent", PAGE)
    assert web.count("http://other.example/story") == 0
    assert set(learned) == {ORIGIN, "http://other.example"}


def test_of_a_long_one_the_first_500_kib_count(web: Web) -> None:
    filler = b"# filler\n" * 70_000
    allowed = b"User-agent: *\nAllow: /\n" + filler + KEEP_OUT
    refused = KEEP_OUT + filler
    for body, allows in ((allowed, True), (refused, False)):
        web.serve(ROBOTS, body, type="text/plain")
        web.serve(PAGE, "<p>story</p>")
        (got,), learned = ask(web, PAGE)
        assert isinstance(got, Response) is allows
        assert learned[ORIGIN].body == body[: robots.MOST_BYTES]


def test_a_rule_that_the_limit_cuts_in_two_is_no_rule() -> None:
    start = b"User-agent: *\n"
    filler = b"#" * (robots.MOST_BYTES - len(start) - len(b"\nDisallow: /")) + b"\n"
    body = start + filler + b"Disallow: /admin\n"
    assert body[: robots.MOST_BYTES].endswith(b"Disallow: /")
    assert robots.parse(body[: robots.MOST_BYTES]).allows(PAGE)


@pytest.mark.parametrize("kind", [*sorted(NETWORK_KINDS), "status", "redirects", "decoding"])
def test_a_page_fails_as_its_robots_txt_did_where_the_network_may_be_dead(kind: str) -> None:
    why = failed("no", None)
    answer = replace(why, kind=kind)  # type: ignore[arg-type]
    record = robots.learned(None, ORIGIN, answer, NOW)
    if kind == "redirects":
        assert robots.rules_of(record, NOW, answer).allows(PAGE)
        return
    rules = robots.rules_of(record, NOW, answer)
    assert rules.kind == (kind if kind in NETWORK_KINDS else "robots")
    assert not rules.allows(PAGE)


def test_the_sitemaps_that_it_names() -> None:
    mark = "\ufeff".encode()
    body = b"Sitemap: /news.xml\nUser-agent: *\nDisallow: /\nsitemap: http://b.example/2.xml\n"
    expected = ("/news.xml", "http://b.example/2.xml")
    assert robots.sitemaps(mark + body) == robots.sitemaps(body + b"Sitemap: /news.xml") == expected
    filler = b"#" * (robots.MOST_BYTES - len(body) - len("Sitemap: /cut")) + b"\n"
    assert robots.sitemaps(body + filler + b"Sitemap: /cut-in-two") == expected
    assert robots.sitemaps(b"") == robots.sitemaps(b"<html>\xff</html>") == ()


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        ("", 0.0),
        ("Crawl-delay: 2", 2.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", robots.LONGEST_DELAY),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/10", 10.0),
        ("Request-rate: 1/2\nCrawl-delay: 5", 5.0),
    ],
)
def test_the_pace_that_is_asked_for(lines: str, delay: float) -> None:
    assert robots.parse(f"User-agent: *\n{lines}\nDisallow: /x\n".encode()).delay == delay


# ---------------------------------------------------------------- how long it holds

BROKEN = RobotsRecord(origin=ORIGIN, fetched_at=NOW, status=500, body=None,
                      reason="answers 500", tried_at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("record", "later", "fresh"),
    [
        (GOOD, timedelta(0), True),
        (GOOD, DAY - HOUR, True),
        (GOOD, DAY, False),
        (GOOD, -HOUR, False),  # the clock was put back: nobody knows how old it is
        (NONE, DAY - HOUR, True),
        (NONE, DAY, False),
        (BROKEN, HOUR / 2, True),
        (BROKEN, HOUR, False),
        (replace(GOOD, reason="answers 500", tried_at=NOW + 2 * DAY), 2 * DAY + HOUR / 2, True),
        (replace(GOOD, reason="answers 500", tried_at=NOW + 2 * DAY), 2 * DAY + HOUR, False),
        (replace(BROKEN, tried_at=None), HOUR / 2, False),
    ],
)
def test_how_long_nobody_is_asked_again(
    record: RobotsRecord, later: timedelta, fresh: bool
) -> None:
    assert robots.is_fresh(record, NOW + later) is fresh


def failed(reason: str = "answers 500", status: int | None = 500) -> Failure:
    return Failure(url=ROBOTS, kind="status", grade="transient", reason=reason, at=NOW,
                   status=status)  # fmt: skip


@pytest.mark.parametrize(("old", "allows"), [(GOOD, False), (NONE, True)])
@pytest.mark.parametrize("days", [1, 29])
def test_the_last_known_rules_serve_while_none_can_be_had(
    old: RobotsRecord, allows: bool, days: int
) -> None:
    later = NOW + days * DAY
    record = robots.learned(old, ORIGIN, failed(), later)
    assert record == replace(old, reason="answers 500", tried_at=later)
    again = robots.learned(record, ORIGIN, failed("answers 503"), later + HOUR)
    assert again == replace(old, reason="answers 503", tried_at=later + HOUR)
    rules = robots.rules_of(again, later + HOUR)
    assert rules.problem is None
    assert rules.allows(PAGE) is allows


@pytest.mark.parametrize("old", [GOOD, NONE])
def test_after_thirty_days_without_any_the_publisher_is_left_alone(old: RobotsRecord) -> None:
    record = robots.learned(old, ORIGIN, failed(), NOW + 29 * DAY)
    rules = robots.rules_of(record, NOW + 30 * DAY)
    assert rules.problem == "its robots.txt could not be read (answers 500), so it is left alone"
    assert not rules.allows(PAGE)


def test_rules_that_can_be_read_again_end_the_failure() -> None:
    record = robots.learned(GOOD, ORIGIN, failed(), NOW + DAY)
    back = robots.learned(record, ORIGIN, failed("answers 404", 404), NOW + 2 * DAY)
    assert back == replace(NONE, fetched_at=NOW + 2 * DAY)


# ---------------------------------------------------------------- asked once


def test_what_is_remembered_is_not_asked_again(web: Web) -> None:
    web.serve(ROBOTS, "User-agent: *\nDisallow: /private/\n", type="text/plain")
    web.serve(PAGE, "<p>story</p>")
    _, learned = ask(web, PAGE)
    assert web.count(ROBOTS) == 1
    (got, refused), nothing = ask(
        web, PAGE, f"{ORIGIN}/private/1", known=learned[ORIGIN], at=NOW + HOUR
    )
    assert isinstance(got, Response)
    assert isinstance(refused, Failure)
    assert (web.count(ROBOTS), nothing) == (1, {})
    _, again = ask(web, PAGE, known=learned[ORIGIN], at=NOW + DAY)
    assert (web.count(ROBOTS), again[ORIGIN].fetched_at) == (2, NOW + DAY)


def test_a_failure_is_remembered_for_an_hour(web: Web) -> None:
    web.behave(ROBOTS, misbehaving.in_turn(answers(500), answers(404)))
    web.serve(PAGE, "<p>story</p>")
    (first, second), learned = ask(web, PAGE, PAGE)
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    (third,), _ = ask(web, PAGE, known=learned[ORIGIN], at=NOW + HOUR / 2)
    assert isinstance(third, Failure)
    assert web.count(ROBOTS) == 1
    (fourth,), _ = ask(web, PAGE, known=learned[ORIGIN], at=NOW + HOUR)
    assert isinstance(fourth, Response)
    assert web.count(ROBOTS) == 2


def test_a_listing_page_asks_and_a_feed_does_not(web: Web) -> None:
    web.serve(ROBOTS, KEEP_OUT, type="text/plain")
    web.serve(PAGE, "<p>stories</p>")
    (got,), _ = ask(web, PAGE, listing=True)
    assert isinstance(got, Failure)
    assert (got.kind, web.count(PAGE)) == ("robots", 0)


def test_of_a_host_that_asked_for_peace_nothing_is_learned(web: Web) -> None:
    web.behave(f"{ORIGIN}/feed", answers(429, headers={"Retry-After": "60"}))
    web.serve(PAGE, "<p>story</p>")

    async def go() -> tuple[list[Response | Failure], dict[str, RobotsRecord]]:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            await f.feed(f"{ORIGIN}/feed")
            return list(await asyncio.gather(f.page(PAGE), f.page(PAGE))), f.learned

    pages, learned = asyncio.run(go())
    assert [p.status for p in pages] == [429, 429]
    assert learned == {}
    assert web.count(ROBOTS) == 0


def test_many_pages_at_once_ask_once_and_outlive_one_that_is_broken_off(web: Web) -> None:
    rules = answers(200, b"User-agent: *\nDisallow: /private/\n")
    web.behave(ROBOTS, misbehaving.in_turn(lambda h: h.hold(60), rules))
    web.serve(PAGE, "<p>story</p>")

    async def go() -> list[Response | Failure]:
        async with Fetcher(contact="x", limits=Limits(delay=0.0), connect=web.connect) as f:
            first = asyncio.create_task(f.page(PAGE))
            while not web.count(ROBOTS):
                await asyncio.sleep(0.01)
            others = asyncio.gather(*(f.page(PAGE) for _ in range(5)))
            await asyncio.sleep(0)
            first.cancel()
            return list(await others)

    assert all(isinstance(got, Response) for got in asyncio.run(go()))
    assert web.count(ROBOTS) == 2  # the one broken off, and one for all the others
