"""The misbehaving publishers: by name, what each one's server does.

What Inspection Watch makes of it stands under the same name in `faults.yaml`; `test_faults.py` runs
passes over all of them and compares.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

import brotli
import zstandard

from pipeline.models import Listing
from tests import web as misbehaving
from tests.watch.publisher import (
    HTML,
    PERIOD,
    Setup,
    Site,
    always,
    badly_chunked,
    headed,
    items,
    links_to,
    moves,
    of,
    of_length,
    robots,
    says,
    story,
)
from tests.web import (
    Behaviour,
    answers,
    bomb,
    cut,
    encoded,
    endless,
    in_turn,
    raw,
    redirects,
    rss,
)  # fmt: skip


def https_where_plain(site: Site) -> Mapping[str, Any]:
    site.behave(site.feed())
    return {"feeds": (site.url().replace("http:", "https:"),)}


def refuses(_: Site) -> Mapping[str, Any]:
    return {"port": 1}  # of a loopback address: nothing listens there


def unknown_host(site: Site) -> Mapping[str, Any]:
    return {"feeds": (f"http://{site.host}.invalid/feed",)}


def chain(site: Site) -> None:
    site.behave(redirects("/1"))
    for n in range(1, 9):
        site.behave(redirects(f"/{n + 1}"), f"/{n}")
    site.behave(site.feed(), "/9")


def moved_to_no_feed(site: Site) -> None:
    site.behave(redirects("/home", 301))
    site.behave(answers(200, HTML % b"Welcome", {"Content-Type": "text/html"}), "/home")


def moved_and_lost(site: Site) -> None:
    """Moves for good, and the new address then vanishes; the old one serves again."""
    site.pages("one", "two")
    site.behave(in_turn(redirects("/new", 301), site.feed()))
    site.behave(in_turn(site.feed(), answers(404)), "/new")


def moves_half(site: Site) -> None:
    site.pages("one", "two")
    site.behave(redirects("/for-now", 301))
    site.behave(redirects("/new", 302), "/for-now")
    site.behave(site.feed(), "/new")


def false_304(site: Site) -> None:
    """One ETag for ever: who has it is told that nothing is new, although something is."""
    site.pages("one", "two", "three")
    fresh = in_turn(site.feed("one", "two", ETag='"same"'),
                    site.feed("three", "one", "two", ETag='"same"'))  # fmt: skip

    def behaviour(handler: misbehaving.Handler) -> None:
        if handler.headers.get("If-None-Match") or handler.headers.get("If-Modified-Since"):
            handler.reply(status=304, headers={"ETag": '"same"'})
        else:
            fresh(handler)

    site.behave(behaviour)


def true_304(site: Site) -> None:
    site.pages("one", "two")
    site.web.serve(site.url(), site.rss(), headers={"ETag": '"same"'})


def rotating_etag(site: Site) -> None:
    site.pages("one", "two")
    site.behave(in_turn(*(site.feed(ETag=f'"{n}"') for n in range(1, 9))))


def new_etag_with_304(site: Site) -> None:
    site.pages("one", "two")
    unmodified = (answers(304, headers={"ETag": f'"{n}"'}) for n in range(2, 9))
    site.behave(in_turn(site.feed(ETag='"1"'), *unmodified))


def changing_guids(site: Site) -> None:
    site.pages("one", "two")

    def body(turn: int) -> Behaviour:
        parts = "".join(
            f"<item><title>{slug}</title><link>{site.url(f'/{slug}')}</link>"
            f'<guid isPermaLink="false">{slug}#{turn}</guid></item>'
            for slug in ("one", "two")
        )
        text = f'<rss version="2.0"><channel><title>A</title>{parts}</channel></rss>'
        return answers(200, text.encode(), {"Content-Type": "application/rss+xml"})

    site.behave(in_turn(*(body(turn) for turn in range(1, 9))))


def all_new(site: Site) -> Mapping[str, Any]:
    """Twenty stories; at the next look twenty others, and not one of the first is left."""
    first, second = (site.rss(*(f"{turn}-{n}" for n in range(20))) for turn in ("early", "late"))
    second = second.replace(b"02 Nov 2026 09:00", b"03 Nov 2026 13:00")
    site.behave(in_turn(answers(200, first), answers(200, second)))
    return {"pages": False}


def five_thousand(site: Site) -> Mapping[str, Any]:
    words = "<description>Words.</description>"
    site.behave(site.feed(*(f"story-{n}" for n in range(5000)), extra=words))
    return {"pages": False}


def one_page_refused(site: Site) -> None:
    """Three stories; the host answers 403 to whoever asks for a page."""
    site.behave(site.feed("one", "two", "three"))
    for slug in ("one", "two", "three"):
        site.behave(answers(403), f"/{slug}")


def page_elsewhere(site: Site) -> None:
    site.behave(site.feed("one"))
    other = Site(site.web, f"other-{site.host}")
    other.pages("one")
    site.behave(redirects(other.url("/one"), 302), "/one")


def page_elsewhere_forbidden(site: Site) -> None:
    page_elsewhere(site)
    other = Site(site.web, f"other-{site.host}")
    other.behave(answers(200, b"User-agent: *\nDisallow: /\n"), "/robots.txt")


def page_of_another_kind_of_words(site: Site) -> None:
    """Its page is gone, but the feed carried the story's words."""
    words = "<description>&lt;p&gt;Inspectors praised the council.&lt;/p&gt;</description>"
    site.behave(site.feed("one", extra=words))
    site.behave(answers(404), "/one")


def page_at_second_try(site: Site) -> None:
    site.behave(site.feed("one"))
    site.behave(in_turn(answers(503), answers(200, b"<p>here</p>", {"Content-Type": "text/html"})),
                "/one")  # fmt: skip


def whole_host_429(site: Site) -> Mapping[str, Any]:
    site.behave(answers(429, headers={"Retry-After": "7200"}))
    site.behave(site.feed(), "/other")
    return {"feeds": (site.url(), site.url("/other"))}


def nothing_answers(site: Site) -> Mapping[str, Any]:
    """A source on four hosts, all of them dead in its first pass, which it has for itself."""
    hosts = [site, *(Site(site.web, f"{n}-{site.host}") for n in range(3))]
    for host in hosts:
        host.pages("one", "two")
        # A connection that ends without a byte is tried once more in the same pass.
        host.behave(in_turn(misbehaving.hangs_up, misbehaving.hangs_up, host.feed()))
    return {"feeds": tuple(host.url() for host in hosts)}


def empty_for_a_while(site: Site) -> None:
    site.pages("one", "two")
    empty = answers(200, rss().encode(), {"Content-Type": "application/rss+xml"})
    site.behave(in_turn(site.feed(), empty, site.feed()))


def other_order(site: Site) -> None:
    site.pages("one", "two", "three")
    site.behave(in_turn(site.feed("one", "two", "three"), site.feed("three", "one", "two")))


def always_updated(site: Site) -> None:
    site.pages("one")
    entry = (f"<entry><title>One</title><id>1</id><link href='{site.url('/one')}'/>"
             "<updated>2026-11-03T0{}:00:00Z</updated></entry>")  # fmt: skip
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>{entry}</feed>"
    site.behave(in_turn(*(answers(200, feed.format(n).encode()) for n in range(1, 9))))


def tracked(site: Site) -> None:
    site.pages("one")
    feeds = (site.rss(f"one?utm_source=rss&amp;utm_campaign={n}") for n in range(1, 9))
    site.behave(in_turn(*(answers(200, feed) for feed in feeds)))


def sitemap(body: str, *, packed: bool = False) -> Setup:
    """A source that has a news sitemap and no feed; `HOST` in it is the publisher's host."""

    def setup(site: Site) -> Mapping[str, Any]:
        site.pages("one", "two")
        sent = body.replace("HOST", site.host).encode()
        site.behave(answers(200, gzip.compress(sent) if packed else sent), "/news.xml")
        return {"feeds": (), "sitemaps": (site.url("/news.xml"),)}

    return setup


def listing(*bodies: str) -> Setup:
    """A source that has a page which lists its stories; the page changes from look to look."""

    def setup(site: Site) -> Mapping[str, Any]:
        site.pages("one", "two")
        pages = (answers(200, f"<html><body>{body}</body></html>".encode(), _HTML)
                 for body in bodies)  # fmt: skip
        site.behave(in_turn(*pages), "/news")
        selectors = Listing(url=site.url("/news"), item="li.story", link=None, headline=None,
                            date=None, summary=None)  # fmt: skip
        return {"feeds": (), "listing": selectors}

    return setup


def listing_forbidden(site: Site) -> Mapping[str, Any] | None:
    site.behave(answers(200, b"User-agent: *\nDisallow: /news\n"), "/robots.txt")
    return listing(_LISTED)(site)


def sets_cookies(site: Site) -> None:
    site.pages("one", "two")
    site.behave(site.feed(Set_Cookie="id=you; Path=/; Max-Age=31536000"))


def comes_back(site: Site) -> None:
    """Gone, and a week later there again."""
    site.pages("one", "two")
    site.behave(in_turn(answers(410), site.feed()))


def no_length(body: bytes) -> Behaviour:
    return raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + body)


_HTML = {"Content-Type": "text/html; charset=utf-8"}
_LISTED = "".join(f'<li class="story"><a href="/{s}">Story {s}</a></li>' for s in ("one", "two"))
_SITEMAP = ('<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">')  # fmt: skip
_NEWS = "".join(
    f"<url><loc>http://HOST/{s}</loc><news:news><news:title>Story {s}</news:title>"
    "<news:publication_date>2026-11-02</news:publication_date></news:news></url>"
    for s in ("one", "two")
)
_JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": 3, "items": %s}'
_RSS = '<?xml version="1.0"{}?><rss version="2.0"><channel><title>{}</title>{}</channel></rss>'
_ITEM = "<item><title>{0}</title><link>http://HOST/{1}</link><guid>http://HOST/{1}</guid></item>"
_TWO = _ITEM.format("Ofsted’s verdict", "one") + _ITEM.format("“Good” schools", "two")
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 20_000}">]>'
_DATED = "<title>{0}</title><link>http://HOST/{0}</link><pubDate>{1}</pubDate>"

FAULTS: Mapping[str, Setup] = {
    # time
    "slow headers": always(misbehaving.slow(PERIOD)),
    "slow body": of(lambda body: misbehaving.stalls(body, PERIOD)),
    "dripping body": always(misbehaving.drips(0.05)),
    "endless headers": always(misbehaving.endless_headers),
    # the line
    "hangs up": always(misbehaving.hangs_up),
    "not HTTP": always(misbehaving.gibberish),
    "refuses connections": refuses,
    "unknown host": unknown_host,
    "plain where https is promised": https_where_plain,
    "cut body": of(cut),
    "length too long": of(of_length(+500)),
    "length too short": of(of_length(-10)),
    "no length": of(no_length),
    "two lengths": always(raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nhi")),
    "bad chunks": of(badly_chunked),
    "header too long": always(answers(200, b"x", {"X-Policy": "x" * 200_000})),
    "early hints": of(lambda body: raw(
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))),
    # compression
    "damaged gzip": of(lambda body: encoded(gzip.compress(body)[:60] + b"\xff" * 99, "gzip")),
    "truncated gzip": of(lambda body: encoded(gzip.compress(body)[:-40], "gzip")),
    "gzip in name only": of(lambda body: encoded(body, "gzip")),
    "gzip unannounced": of(lambda body: answers(200, gzip.compress(body))),
    "gzip twice": of(lambda b: encoded(gzip.compress(gzip.compress(b)), "gzip, gzip")),
    "damaged brotli": of(lambda body: encoded(brotli.compress(body)[:60] + b"\xff" * 99, "br")),
    "damaged zstd": of(lambda body: encoded(zstandard.compress(body)[:60] + b"\xff" * 99, "zstd")),
    "unknown compression": of(lambda body: encoded(body[::-1], "x-secret")),
    "gzip bomb": always(encoded(bomb(20), "gzip")),
    "brotli bomb": always(encoded(brotli.compress(bytes(20_000_000), quality=1), "br")),
    "zstd bomb": always(encoded(zstandard.compress(bytes(20_000_000)), "zstd")),
    # size
    "100 MB announced": always(answers(200, b"<", {"Content-Length": "100000000"})),
    "endless body": always(endless()),
    # where it leads
    "redirect loop": always(redirects("/feed")),
    "redirect chain": chain,
    "redirect without address": always(answers(302)),
    "redirect to nonsense": always(redirects("http://[bad")),
    "redirect to metadata service": always(redirects("http://169.254.169.254/latest/meta-data/")),
    "redirect to localhost": always(redirects("http://localhost:1/")),
    "redirect to IPv6 loopback": always(redirects("http://[::1]/")),
    "redirect to mapped IPv4": always(redirects("http://[::ffff:127.0.0.1]/")),
    "redirect to decimal IP": always(redirects("http://2130706433/")),
    "redirect to file": always(redirects("file:///etc/hosts")),
    "moved 301": moves(301),
    "moved 308": moves(308),
    "moved 302": moves(302),
    "moved 307": moves(307),
    "moved for good, then for now": moves_half,
    "moved to no feed": moved_to_no_feed,
    "moved and lost": moved_and_lost,
    # what it says
    "no content": always(answers(204)),
    "blank body": always(answers(200, b" \r\n ")),
    "unasked 304": always(answers(304)),
    "403": always(answers(403)),
    "401": always(answers(401)),
    "451": always(answers(451)),
    "browser check": always(answers(403, headers={"cf-mitigated": "challenge"})),
    "404": always(answers(404)),
    "410": always(answers(410)),
    "410 and back": comes_back,
    "500": always(answers(500)),
    "503": always(answers(503)),
    "status of its own": always(answers(999)),
    "429 with seconds": always(answers(429, headers={"Retry-After": "7200"})),
    "429 with a date": always(answers(429, headers={
        "Retry-After": "Wed, 04 Nov 2026 09:00:00 GMT"})),
    "503 with seconds": always(answers(503, headers={"Retry-After": "21600"})),
    "asks for ten years": always(answers(503, headers={"Retry-After": "315360000"})),
    "unreadable Retry-After": always(answers(503, headers={"Retry-After": "-soon"})),
    "429 for its whole host": whole_host_429,
    "nothing answers": nothing_answers,
    # conditional requests and freshness
    "304 for ever": false_304,
    "true 304": true_304,
    "rotating ETag": rotating_etag,
    "new ETag with 304": new_etag_with_304,
    "expires far off": headed(Expires="Fri, 01 Jan 2100 00:00:00 GMT"),
    "max-age of ten years": headed(Cache_Control="public, max-age=315360000"),
    "wrong clock": headed(Date="Thu, 01 Jan 1970 00:00:00 GMT",
                          Last_Modified="Thu, 01 Jan 2099 00:00:00 GMT"),
    "sets cookies": sets_cookies,
    # no feed
    "HTML for XML": always(answers(200, HTML % b"Home", {"Content-Type": "application/rss+xml"})),
    "challenge page": always(answers(200, HTML % b"Just a moment...", {"ETag": '"same"'})),
    "login page": of(lambda _: answers(200, HTML % b"Sign in", {"Content-Type": "text/html"})),
    "JSON error": always(answers(200, b'{"error": "rate limited"}',
                                 {"Content-Type": "application/json"})),
    "PDF for a feed": always(answers(200, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
                                     {"Content-Type": "application/pdf"})),
    "another XML": says('<?xml version="1.0"?><note><to>you</to></note>'),
    "empty feed": items(),
    "empty for a while": empty_for_a_while,
    "JSON of wrong types": says(_JSON % '[1, null, {"id": 7, "title": "One", "url": "http://HOST/one"'
                                ', "content_html": [], "authors": 3, "date_published": {}}]',
                                kind="application/feed+json"),
    # encodings and XML
    "windows-1252 called utf-8": says(_RSS.format(' encoding="utf-8"', "HOST", _TWO), "cp1252"),
    "UTF-16 unmarked": says(_RSS.format("", "HOST", _TWO), "utf-16-le"),
    "unknown charset": says(_RSS.format(' encoding="x-martian"', "HOST", _TWO)),
    "NUL bytes": says(_RSS.format("", "HOST", _TWO.replace("verdict", "ver\0dict"))),
    "broken tail": says(_RSS.format("", "HOST", _TWO).split("</channel>")[0]
                        + "<item><title>Cut he"),
    "bare ampersands": says(_RSS.format("", "HOST", _TWO.replace("schools", "schools & more <3"))),
    "undeclared prefix": says(_RSS.format("", "HOST", _TWO.replace("<guid>", "<x:y/><guid>"))),
    "markup before the XML": says("\n<!-- cached -->\n" + _RSS.format("", "HOST", _TWO)),
    "entity expansion": says('<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">'
                             + _LAUGHS + ']><rss version="2.0"><channel><title>&l9;</title>'
                             + _ITEM.format("&l9;", "one") + "</channel></rss>"),
    "long entity, often": says('<?xml version="1.0"?>' + _QUADRATIC + '<rss version="2.0"><channel>'
                               "<title>A</title>" + _ITEM.format("&a;" * 1000, "one")
                               + "</channel></rss>"),
    "external entity": says('<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM'
                            ' "file:///etc/passwd">]><rss version="2.0"><channel><title>A</title>'
                            + _ITEM.format("Read &x;", "one") + "</channel></rss>"),
    "nested without end": says(_JSON % ("[" * 50_000)),
    "file included by XInclude": items(
        '<title>Read <i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text"'
        ' href="file:///etc/passwd"/></title><link>http://HOST/one</link>'),
    "made slow to read": items("<title>One</title><author>" + "a." * 75_000 + "</author>"),
    "9,000 declarations": says('<?xml version="1.0"?><!DOCTYPE rss ['
                                + "".join(f'<!ENTITY e{n} "x">' for n in range(9_000))
                                + ']><rss version="2.0"><channel><title>A</title></channel></rss>'),
    # items
    "changing guids": changing_guids,
    "one guid for all": items(*(f"<title>{s}</title><link>http://HOST/{s}</link><guid>1</guid>"
                                for s in ("one", "two", "three"))),
    "no date": items("<title>One</title><link>http://HOST/one</link>"),
    "no link": items("<title>One</title><description>Inspectors praised it.</description>"),
    "no guid, no link, no words": items("<title>One</title>"),
    "same item twice": items(*("<title>One</title><link>http://HOST/one</link>",) * 3),
    "other order each time": other_order,
    "new update time each time": always_updated,
    "new tracking each time": tracked,
    "relative links": items("<title>One</title><link>/one</link><guid>1</guid>"),
    "absurd dates": items(_DATED.format("one", "Fri, 31 Dec 9999 23:59:59 GMT"),
                          _DATED.format("two", "0000-00-00"),
                          _DATED.format("three", "Thu, 01 Jan 1970 00:00:00 GMT")),
    "all items new": all_new,
    "5,000 items": five_thousand,
    "script for a link": links_to("javascript:alert(1)"),
    # sitemaps and listing pages
    "sitemap at a feed's address": says(f"{_SITEMAP}{_NEWS}</urlset>"),
    "sitemap packed in a file": sitemap(f"{_SITEMAP}{_NEWS}</urlset>", packed=True),
    "sitemap cut off": sitemap(f"{_SITEMAP}{_NEWS}<url><loc>http://HOST/th"),
    "sitemap of pages": sitemap(f"{_SITEMAP}<url><loc>http://HOST/about</loc></url></urlset>"),
    "index for a sitemap": sitemap(
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>http://HOST/news-1.xml</loc></sitemap></sitemapindex>"),
    "list redesigned": listing(f"<ul>{_LISTED}</ul>", "<article><a href='/three'>3</a></article>"),
    "list with new advertisements": listing(f"<ul>{_LISTED}</ul>", f"<p>Buy!</p>{_LISTED}"),
    "list forbidden by robots.txt": listing_forbidden,
    # pages
    "story on this machine": links_to("http://127.0.0.1:1/secret"),
    "story in the metadata service": links_to("http://169.254.169.254/latest/"),
    "story in a file": links_to("file:///etc/passwd"),
    "page 404": story(answers(404)),
    "page 404, words in the feed": page_of_another_kind_of_words,
    "page 410": story(answers(410)),
    "page 403": one_page_refused,
    "page 503": page_at_second_try,
    "page 429": story(answers(429, headers={"Retry-After": "86400"})),
    "page is an image": story(answers(200, b"\x89PNG\r\n", {"Content-Type": "image/png"})),
    "page of 50 MB": story(answers(200, b"<", {"Content-Length": "50000000"})),
    "endless page": story(endless()),
    "empty page": story(answers(200, b" ")),
    "page elsewhere": page_elsewhere,
    "page elsewhere, forbidden there": page_elsewhere_forbidden,
    "page redirects to this machine": story(redirects("http://127.0.0.1:1/")),
    "page in a circle": story(redirects("/one")),
    "page never comes": story(misbehaving.slow(PERIOD)),
    "robots.txt forbids": robots(answers(200, b"User-agent: *\nDisallow: /\n")),
    "robots.txt 500": robots(answers(500)),
    "robots.txt 403": robots(answers(403)),
    "robots.txt in a circle": robots(redirects("/robots.txt")),
    "robots.txt is a page": robots(answers(200, HTML % b"Home")),
    "robots.txt never comes": robots(misbehaving.slow(PERIOD)),
    "robots.txt without end": robots(endless(b"# nothing\n" * 5000)),
}  # fmt: skip
