"""One tool in the contest of cleaning, in a process of its own: it is given pages, and answers.

    python -m tests.bench.extractors TOOL < requests

It first says in a line of JSON which versions it runs. A request is a line of JSON (`url`, `size`,
`fresh`) and then `size` bytes of page; the answer is a line of JSON (`text`, `seconds` of processor
time, `error`, `calls`). Run by `contest.py` with the Python that has the tool; libraries are loaded
before the clock starts, and only the standard library before the tool is known.

Every tool gets the same untouched bytes. `fresh`: what its libraries remember of earlier pages is
forgotten first, ours as well, so that nobody profits from having seen a page before. Nobody
reaches the network: an attempt is counted in `calls`, and fails.
"""

from __future__ import annotations

import gc
import json
import logging
import signal
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

#: longest that a tool may take over a page
PATIENCE = 60
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)

Extract = Callable[[bytes, str], str]
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
_calls: list[str] = []


# ---------------------------------------------------------------- tools in our environment


def ours() -> Extract:
    """`clean` as a pass calls it: text, furniture, metadata, access."""
    from pipeline.clean import clean
    from pipeline.models import Page

    def extract(body: bytes, url: str) -> str:
        page = Page(url=url, final_url=url, body=body, content_type="text/html",
                    fetched_at=FETCHED_AT, digest="")  # fmt: skip
        return clean(page).text

    return extract


def trafilatura(**options: Any) -> Callable[[], Extract]:
    def load() -> Extract:
        import trafilatura

        def extract(body: bytes, url: str) -> str:
            found = trafilatura.bare_extraction(body, url=url, include_comments=False, **options)
            return (found.text if found is not None else None) or ""

        return extract

    return load


def lxml() -> Extract:
    """The parse alone, as a measure of what any reading of the page costs."""
    from lxml.html import document_fromstring

    def extract(body: bytes, url: str) -> str:
        document_fromstring(body)
        return url

    return extract


# ---------------------------------------------------------------- tools in the peers' environment


def readability() -> Extract:
    """readability-lxml, its HTML made text by html-text: as article-extraction-benchmark does."""
    from html_text import extract_text
    from readability import Document

    return lambda body, url: extract_text(Document(decoded(body), url=url).summary(True))


def resiliparse() -> Extract:
    """Main content; of its switches those that score best on both labelled sets."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda body, _: extract_plain_text(
        decoded(body), main_content=True, alt_texts=False, list_bullets=False, comments=False
    )


def newspaper() -> Extract:
    """newspaper4k with its defaults, but that it fetches no image."""
    from newspaper import Article

    def extract(body: bytes, url: str) -> str:
        article = Article(url, fetch_images=False)
        article.download(input_html=decoded(body))
        article.parse()
        return str(article.text)

    return extract


def decoded(body: bytes) -> str:
    """For tools that take no bytes: UTF-8, else what resiliparse makes of it."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    try:
        return body.decode()
    except UnicodeDecodeError:
        return str(bytes_to_str(body, detect_encoding(body)))


#: name → (in whose environment, what loads it, the packages that decide its answers)
TOOLS: dict[str, tuple[str, Callable[[], Extract], tuple[str, ...]]] = {
    "clean": ("ours", ours, ("trafilatura", "lxml")),
    "trafilatura": ("ours", trafilatura(), ("trafilatura", "lxml")),
    "trafilatura precision": ("ours", trafilatura(favor_precision=True), ("trafilatura", "lxml")),
    "trafilatura metadata": (
        "ours", trafilatura(with_metadata=True), ("trafilatura", "htmldate", "lxml")),
    "readability-lxml": ("peers", readability, ("readability-lxml", "html-text", "lxml")),
    "resiliparse": ("peers", resiliparse, ("resiliparse",)),
    "newspaper4k": ("peers", newspaper, ("newspaper4k", "lxml")),
    "lxml": ("ours", lxml, ("lxml",)),
}  # fmt: skip


# ---------------------------------------------------------------- the worker


def forget_ours(url: str) -> None:
    """Empties what remembers words of pages; compiled rules stay, as in a pass that goes on."""
    from trafilatura.meta import reset_caches

    from pipeline.clean import rules
    from pipeline.urls import host

    reset_caches()
    for name, module in list(sys.modules.items()):
        if name.startswith("pipeline.clean") and not name.endswith(".rules"):
            for value in vars(module).values():
                if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] > 999:
                    value.cache_clear()
    for matcher in vars(rules.rules_for(host(url), FETCHED_AT.date().isoformat())).values():
        getattr(matcher, "known", {}).clear()


def forget_peers(_url: str) -> None:
    """What newspaper4k's libraries remember of addresses; the others remember nothing."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("tld.", "w3lib", "newspaper")):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
    gc.collect()


def _watch_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in _NETWORK:
        _calls.append(f"{event} {arguments[1:2]}")
        raise OSError("no network here")


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"more than {PATIENCE} s")


def answer(extract: Extract, body: bytes, url: str) -> dict[str, object]:
    """What the tool makes of one page. Whatever it raises is its answer, with no text."""
    _calls.clear()
    signal.alarm(PATIENCE)
    began = time.process_time()
    try:
        text, error = extract(body, url), None
    except Exception as e:
        text, error = "", f"{type(e).__name__}: {str(e).strip()[:200]}"
    seconds = time.process_time() - began
    signal.alarm(0)
    return {"text": text, "seconds": seconds, "error": error, "calls": len(_calls)}


def main(tool: str) -> None:
    where, load, packages = TOOLS[tool]
    forget = forget_ours if where == "ours" else forget_peers
    out, sys.stdout = sys.stdout, sys.stderr  # some tools print
    signal.signal(signal.SIGALRM, _too_long)
    sys.addaudithook(_watch_network)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    extract = load()
    said: dict[str, object] = {name: metadata.version(name) for name in packages}
    while True:
        out.write(json.dumps(said) + "\n")
        out.flush()
        line = sys.stdin.buffer.readline()
        if not line:
            return
        request = json.loads(line)
        body = sys.stdin.buffer.read(request["size"])
        if request["fresh"]:
            forget(request["url"])
        said = answer(extract, body, request["url"])


if __name__ == "__main__":
    main(sys.argv[1])
