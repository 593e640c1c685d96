"""The newsroom over real HTTP: one server on loopback that answers for every paper by its name.

The names end in `.example`, which no DNS will ever know; the job is told to look for them here
(`connections`), so the addresses of stories do not depend on the port that happened to be free.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pipeline.demo.newsroom import Answer, Publisher, answers, html_answer, publishers

LOOPBACK = "127.0.0.1"
#: Seconds after which the silent paper hangs up by itself, so that no thread stays for ever.
SILENCE = 120.0

#: Every picture of the newsroom: a grey field.
_PLACEHOLDER = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120">'
    '<rect width="320" height="120" fill="#cbd5d8"/></svg>'
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: All papers are asked at once; with the usual 5 the rest would be asked again a second later.
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is no fault of the newsroom; anything else is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Newsroom:
    """A running server. `port` is the one that was free; `close` ends it and its threads."""

    def __init__(self, papers: tuple[Publisher, ...], port: int = 0) -> None:
        """Raises OSError where the port is taken."""
        self.papers = papers
        self._closing = threading.Event()
        handler = type("Handler", (_Handler,), {"pages": answers(papers), "papers": papers,
                                                "closing": self._closing})  # fmt: skip
        self._server = _Server((LOOPBACK, port), handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def connections(self) -> dict[str, tuple[str, int]]:
        """Host name → where it is in fact answered."""
        return {paper.host: (LOOPBACK, self.port) for paper in self.papers}

    def wait(self) -> None:
        """Until the server ends, in pieces, so that Ctrl-C is heard."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def newsroom(port: int = 0) -> Iterator[Newsroom]:
    """The whole newsroom for as long as the block lasts. Raises OSError where the port is taken."""
    running = Newsroom(publishers(), port)
    try:
        yield running
    finally:
        running.close()


class _Handler(BaseHTTPRequestHandler):
    """Looks the address up. A browser that asks for localhost gets `/<host>/<path>` instead."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE
    pages: ClassVar[Mapping[tuple[str, str], Answer]]
    papers: ClassVar[tuple[Publisher, ...]]
    closing: ClassVar[threading.Event]

    def do_GET(self) -> None:
        host = self.headers.get("host", "").split(":")[0].lower()
        path = self.path
        in_browser = not any(host == paper.host for paper in self.papers)
        if in_browser:
            _, host, path = (path + "//").split("/", 2)
            path = "/" + path.removesuffix("//").removesuffix("/" if path == "//" else "")
        answer = self._find(host, path) if host else html_answer(_index(self.papers))
        if answer.silent:
            self.closing.wait(SILENCE)
            self.close_connection = True
            return
        self._send(_for_browser(answer, host) if in_browser and host else answer)

    do_HEAD = do_GET

    def _find(self, host: str, path: str) -> Answer:
        found = self.pages.get((host, path)) or self.pages.get((host, urlsplit(path).path))
        if found:
            return found
        if path.startswith("/images/"):
            return Answer(status=200, content_type="image/svg+xml", body=_PLACEHOLDER.encode())
        return html_answer("<html><title>Not found</title><h1>Page not found</h1></html>", 404)

    def _send(self, answer: Answer) -> None:
        known = self.headers.get("if-none-match") == answer.etag and answer.status == 200
        self.send_response(304 if known else answer.status)
        self.send_header("ETag", answer.etag)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.last_modified:
            self.send_header("Last-Modified", answer.last_modified)
        if not known:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not known and self.command == "GET":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the job says what it fetched."""


def _for_browser(answer: Answer, host: str) -> Answer:
    """Links of a page made to stay under `/<host>/`, where a browser found it."""
    if not answer.content_type.startswith("text/html"):
        return answer
    html = re.sub(r'\b(href|src)="(?:http://[\w.-]+\.example)?/(?!/)', rf'\1="/{host}/',
                  answer.body.decode())  # fmt: skip
    return html_answer(html, answer.status)


def _index(papers: tuple[Publisher, ...]) -> str:
    rows = "".join(
        f'<li><a href="/{p.host}{p.record["home"]}">{p.name}</a> '
        f'(<a href="/{p.host}{p.record["feed"]["path"]}">feed</a>), {len(p.stories)} stories</li>'
        for p in papers
    ).replace("&", "&amp;")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Newsroom</title></head>'
        f"<body><h1>The demo's newsroom</h1><p>Invented papers.</p><ul>{rows}</ul></body></html>"
    )
