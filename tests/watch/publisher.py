"""A publisher on the fake web, and the short ways in which its faults are written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.web import Behaviour, Web, answers, raw, redirects, rss

Setup = Callable[["Site"], Mapping[str, Any] | None]

HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body><p>Hello</p></body></html>"
PERIOD = 3600.0  #: seconds; longer than anybody waits


@dataclass(frozen=True, slots=True)
class Site:
    """One publisher: a host of its own, a feed at `/feed`, its stories beside it."""

    web: Web
    host: str

    def url(self, path: str = "/feed") -> str:
        return f"http://{self.host}{path}"

    def rss(self, *slugs: str, extra: str = "") -> bytes:
        """A good feed of these stories, `one` and `two` where none are named."""
        links = [(self.url(f"/{s}"), f"Headline of {s}") for s in slugs or ("one", "two")]
        return rss(*links, title=self.host, extra=extra).encode()

    def feed(self, *slugs: str, extra: str = "", **headers: str) -> Behaviour:
        """Answers with such a feed and these headers (`Retry_After` is Retry-After)."""
        sent = {"Content-Type": "application/rss+xml"}
        return answers(200, self.rss(*slugs, extra=extra), sent, **headers)

    def behave(self, behaviour: Behaviour, path: str = "/feed") -> None:
        self.web.behave(self.url(path), behaviour)

    def pages(self, *slugs: str) -> None:
        """Serves the page of each of these stories."""
        for slug in slugs:
            self.web.serve(self.url(f"/{slug}"), f"<p>The story of {slug}</p>")


# ---------------------------------------------------------------- how a fault is written down


def always(behaviour: Behaviour) -> Setup:
    """The feed's address does this, whatever stands there otherwise."""
    return lambda site: site.behave(behaviour)


def of(change: Callable[[bytes], Behaviour]) -> Setup:
    """What becomes of a good feed of two stories."""

    def setup(site: Site) -> None:
        site.pages("one", "two")
        site.behave(change(site.rss()))

    return setup


def says(text: str, encoding: str = "utf-8", kind: str = "application/rss+xml") -> Setup:
    """A feed of this text; `HOST` in it is the publisher's host. Its stories have pages."""

    def setup(site: Site) -> None:
        site.pages("one", "two", "three")
        body = text.replace("HOST", site.host).encode(encoding)
        site.behave(answers(200, body, {"Content-Type": kind}))

    return setup


def items(*parts: str) -> Setup:
    """An RSS feed of these items, as XML."""
    body = "".join(f"<item>{part}</item>" for part in parts)
    return says(f'<?xml version="1.0"?><rss version="2.0"><channel><title>HOST</title>{body}'
                "</channel></rss>")  # fmt: skip


def moves(status: int) -> Setup:
    """The feed now stands at /new; the old address says so with `status`."""

    def setup(site: Site) -> None:
        site.pages("one", "two")
        site.behave(redirects("/new", status))
        site.behave(site.feed(), "/new")

    return setup


def story(behaviour: Behaviour) -> Setup:
    """A good feed of one story, whose page does this."""

    def setup(site: Site) -> None:
        site.behave(site.feed("one"))
        site.behave(behaviour, "/one")

    return setup


def links_to(address: str) -> Setup:
    """A feed of one story, whose page stands at this address."""
    return items(f'<title>Headline</title><link>{address}</link><guid isPermaLink="false">1</guid>')


def robots(behaviour: Behaviour) -> Setup:
    """A good site of one story, whose robots.txt does this."""

    def setup(site: Site) -> None:
        site.behave(site.feed("one"))
        site.pages("one")
        site.behave(behaviour, "/robots.txt")

    return setup


def headed(**headers: str) -> Setup:
    """A good feed with these headers."""

    def setup(site: Site) -> None:
        site.pages("one", "two")
        site.behave(site.feed(**headers))

    return setup


def badly_chunked(body: bytes) -> Behaviour:
    """Announces chunks, and gives a length that is no number."""
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return raw(start + b"%x\r\n%s\r\nmany\r\n%s\r\n0\r\n\r\n" % (len(body), body, body))


def of_length(difference: int) -> Callable[[bytes], Behaviour]:
    """A Content-Length that is wrong by so much."""

    def change(body: bytes) -> Behaviour:
        length = len(body) + difference
        return raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (length, body))

    return change


def host_of(name: str) -> str:
    """`slow headers` → `slow-headers.example`."""
    return f"{''.join(c if c.isalnum() else '-' for c in name.lower())}.example"


#: what a source of `sources.yaml` is where a fault says nothing else
USUAL: Mapping[str, Any] = {
    "homepage": None, "every": timedelta(minutes=30), "at_most": timedelta(hours=24),
    "enabled": True, "pages": True, "allow_private": False, "region": None, "note": None,
}  # fmt: skip
