"""Attacks from a newspaper and from a visitor: nothing of theirs becomes markup, nor a failure."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from datasette.utils import tilde_encode
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from pipeline.publish import metadata
from pipeline.publish.asking import FACETS
from pipeline.publish.outputs import FORMS, STRICT
from pipeline.publish.public import make_public_copy
from pipeline.publish.serve import opened
from tests.publish.hostile import harmless, make, payloads

# Datasette leaves facets that it began when one of them is refused.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WORDS = payloads()
#: What a stranger may never bring, wherever it stands.
NEVER = {"iframe", "object", "embed", "base", "frame", "applet", "math", "foreignobject", "animate",
         "image"}  # fmt: skip
LEADING = {"href", "src", "action", "formaction", "xlink:href", "poster", "background", "data"}
#: Leads away only when it is clicked.
MAY_LEAVE = {("a", "href")}
ATOM = "{http://www.w3.org/2005/Atom}"
_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def pages(words: Mapping[str, str]) -> dict[str, list[str]]:
    """Kind of page → addresses of ours that show the words, or are asked for with them."""
    texts = [w for w in words.values() if len(w) < 10_000]  # no address is longer
    short = [w[:300] for w in words.values()]
    kinds = {
        "front": ["/", *(f"/?{urlencode({'watch': w})}" for w in short[::5])],
        "search": [f"/search?page={n}" for n in (1, 2, 3)]
        + [f"/search?{urlencode({'q': w, 'since': w, 'until': w, 'sort': w, 'page': w})}"
           for w in short]
        + [f"/search?{urlencode({f: short[n % len(short)]})}" for n, f in enumerate(FACETS)]
        + [f"/search?{urlencode({f: short[n % len(short)] for n, f in enumerate(FACETS)})}"],
        "map": ["/map", *(f"/map?{urlencode(dict.fromkeys(('region', 'kind', 'inspectorate'), w))}"
                          for w in short[1::5])],
        "story": [f"/story/{n}" for n in range(1, len(words) + 1)],
        "agency": [f"/agency/{quote(w, safe='')}" for w in texts[1::2]],
        "inspectorate": [f"/inspectorate/{quote(w, safe='')}" for w in texts[::2]],
        "source": [f"/source/{quote(w, safe='')}" for w in texts],
        "theme": [f"/theme/{quote(w, safe='')}" for w in short],
        "framework": [f"/framework/{quote(w, safe='')}" for w in short],
        "lists": ["/frameworks", "/themes", "/questions"],
        "moved": [f"/story?{urlencode({'url': w})}" for w in texts],
    }  # fmt: skip
    for n, (name, query) in enumerate(metadata.queries().items()):
        asked = urlencode(dict.fromkeys(query["params"], short[n % len(short)]))
        some = urlencode(dict.fromkeys(query["params"], "a"))
        address = f"/question/{name}"
        kinds[f"question {name}"] = [address, f"{address}?{asked}", f"{address}?{some}"]
    return kinds


def datasettes(words: Mapping[str, str]) -> dict[str, list[str]]:
    """Datasette's own pages: every table and view, rows, an own query, what is refused."""
    short = [w[:300] for w in words.values()]
    kinds = {"database": ["/archive"], "table": [], "refused": [], "query": []}
    for name in metadata.relations():
        kinds["table"].append(f"/archive/{name}?_size=100")
    for word in short[::2]:
        kinds["refused"] += [f"/{quote(word, safe='')}", f"/archive/{tilde_encode(word)}",
                             f"/archive/articles/{tilde_encode(word)}"]  # fmt: skip
        kinds["table"].append(
            f"/archive/articles?{urlencode({'_search': word, 'publisher': word})}"
        )
        kinds["table"].append(f"/archive/agencies?{urlencode({'name__contains': word})}")
        kinds["query"].append(f"/archive?{urlencode({'sql': 'select :x as x', 'x': word})}")
        kinds["query"].append(f"/archive?{urlencode({'sql': word})}")
        column = 'select 1 as "{}"'.format(word.replace('"', '""'))
        kinds["query"].append(f"/archive?{urlencode({'sql': column})}")
        kinds["query"].append(
            "/archive?" + urlencode({"sql": "select headline, url, byline, '**' || publisher as"
                                     " snippet from articles where id > :n limit 10", "n": word})
        )  # fmt: skip
    for table in ("agencies", "sources", "feeds", "robots", "aliases", "linked_reports"):
        kinds[f"row of {table}"] = [
            f"/archive/{table}/{tilde_encode(w)}" for w in words.values() if len(w) < 10_000
        ]
    return kinds


def asked(datasette: Any, paths: list[str], **options: Any) -> list[Any]:
    async def each() -> list[Any]:
        return [await datasette.client.get(path, **options) for path in paths]

    return asyncio.run(each())


def site_of(folder: Path, words: Mapping[str, str]) -> Path:
    path = folder / "archive.db"
    make(path, words)
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened(site_of(tmp_path_factory.mktemp("hostile"), WORDS)) as datasette:
        yield datasette


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened(site_of(tmp_path_factory.mktemp("harmless"), harmless(WORDS))) as datasette:
        yield datasette


def parts(html: str) -> set[tuple[str, str]]:
    """(element, attribute or '') of a page; of a script its text as well."""
    found = set()
    for element in BeautifulSoup(html, "lxml").find_all(True):
        found.add((element.name, ""))
        found.update((element.name, name.lower()) for name in element.attrs)
        if element.name == "script":
            found.add(("script", element.get_text() or str(element.get("src"))))
    return found


def faults(html: str, *, ours: bool = False) -> list[str]:
    """What no page may hold; Datasette's own have scripts and styles, `ours` none."""
    found = []
    for element in BeautifulSoup(html, "lxml").find_all(True):
        if element.name in NEVER or (ours and element.name in ("style", "script")):
            found.append(f"<{element.name}>")
        if element.name == "meta" and element.get("http-equiv"):
            found.append("http-equiv")
        for name, value in element.attrs.items():
            if name.lower().startswith("on") or (ours and name.lower() == "style"):
                found.append(f"{element.name} {name}")
            if name.lower() in LEADING and not is_safe(element.name, name.lower(), str(value)):
                found.append(f"{element.name} {name} {value[:80]!r}")
    return found


def is_safe(element: str, attribute: str, value: str) -> bool:
    bare = re.sub(r"[\x00-\x20]", "", value)  # as browsers read it
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", bare)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return False
    leaves = scheme is not None or bare.startswith(("//", "/\\"))
    return not leaves or (element, attribute) in MAY_LEAVE or bare.startswith("http://localhost/")


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [pages, datasettes], ids=["ours", "datasettes"])
def test_no_word_of_a_stranger_becomes_markup(kinds: Any, site: Any, peaceful: Any) -> None:
    ours = kinds is pages
    theirs = kinds(harmless(WORDS))
    wrong = []
    for kind, paths in kinds(WORDS).items():
        known: set[tuple[str, str]] = set()
        for response in asked(peaceful, theirs[kind]):
            known |= parts(response.text)
        for path, response in zip(paths, asked(site, paths), strict=True):
            found = faults(response.text, ours=ours)
            if response.status_code < 400:
                found += [str(part) for part in parts(response.text) - known]
            if response.status_code >= 500:
                found.append(str(response.status_code))
            moved = response.status_code == 302
            if ours and not moved and response.headers["content-security-policy"] != STRICT:
                found.append("policy")
            wrong += [f"{path[:150]}: {fault[:150]}" for fault in found]
    assert not wrong


@pytest.mark.slow
def test_the_words_themselves_stand_on_the_page(site: Any) -> None:
    paths = [f"/story/{n}" for n in range(1, len(WORDS) + 1)]
    for word, response in zip(WORDS.values(), asked(site, paths), strict=True):
        soup = BeautifulSoup(response.text.replace("\0", "�"), "html.parser")
        heading = soup.h1.get_text()
        assert " ".join(heading.split()) == " ".join(word.replace("\0", "�").split())


# ---------------------------------------------------------------- the same as data


def forms_of(form: str) -> list[str]:
    words = list(WORDS.values())
    listed = [f"/reported.{form}", f"/search.{form}", f"/map.{form}", f"/frameworks.{form}",
              f"/themes.{form}", f"/questions.{form}"]  # fmt: skip
    listed += [f"/story/{n}.{form}" for n in range(1, len(words) + 1)]
    if form == "csv":
        listed += [f"/archive/{name}.csv?_size=max" for name in metadata.relations()]
        listed += [
            "/archive/articles.csv?_stream=on&_size=10",
            "/archive/articles/1.csv",
            "/archive/articles.csv?_labels=on",
            "/archive/entries.csv?_dl=1",
            "/archive.csv?sql=select+headline+as+%22%3D1%2B1%22,+-5+from+articles",
        ]
    listed += [f"/agency/{quote(words[1], safe='')}.{form}",
               f"/inspectorate/{quote(words[0], safe='')}.{form}",
               f"/source/{quote(words[0], safe='')}.{form}", f"/framework/jtai.{form}",
               f"/theme/neglect.{form}"]  # fmt: skip
    for n, (name, query) in enumerate(metadata.queries().items()):
        values = urlencode(dict.fromkeys(query["params"], words[n][:300]))
        listed += [f"/question/{name}.{form}", f"/question/{name}.{form}?{values}"]
    return listed


def fetched(site: Any, form: str) -> Iterator[tuple[str, Any]]:
    paths = forms_of(form)
    for path, response in zip(paths, asked(site, paths), strict=True):
        assert response.status_code == 200, path
        if not path.startswith("/archive"):
            assert response.headers["content-security-policy"] == STRICT
        assert response.headers["x-content-type-options"] == "nosniff"
        yield path, response


@pytest.mark.slow
def test_atom_is_xml_and_says_what_was_written(site: Any) -> None:
    seen = set()
    for path, response in fetched(site, "atom"):
        assert response.headers["content-type"].startswith("application/atom+xml")
        titles = ElementTree.fromstring(response.content).iter(f"{ATOM}title")
        seen |= {" ".join((title.text or "").split()) for title in titles}
        feed = feedparser.parse(response.content)
        assert not feed.bozo, path
        for entry in feed.entries:
            assert urlsplit(entry.link).scheme in ("http", "https"), path
            assert urlsplit(entry.id).scheme in ("http", "https"), path
        assert len({e.id for e in feed.entries}) == len(feed.entries)
    assert {" ".join(_UNFIT.sub("", w).split()) for w in WORDS.values()} <= seen


@pytest.mark.slow
def test_a_calendar_has_one_event_a_story_and_no_more(site: Any) -> None:
    for path, response in fetched(site, "ics"):
        assert response.headers["content-type"].startswith("text/calendar")
        events = Calendar.from_ical(response.content).walk("VEVENT")
        assert response.text.count("\nBEGIN:VEVENT") == len(events), path
        assert len({str(e["uid"]) for e in events}) == len(events), path
        assert not [e for e in events if str(e["uid"]) == "evil" or str(e["summary"]) == "evil"]


@pytest.mark.slow
def test_no_cell_of_a_csv_is_a_formula(site: Any) -> None:
    csv.field_size_limit(1_000_000)
    for path, response in fetched(site, "csv"):
        assert response.headers["content-type"].startswith(("text/csv", "text/plain"))
        found = list(csv.reader(io.StringIO(response.text, newline="")))
        width = len(found[0])
        body = [row for row in found[1:] if row and not row[0].startswith("# ")]
        assert {len(row) for row in body} <= {width, 1}, path
        for cell in (cell for row in found for cell in row):
            bare = cell.lstrip()
            if bare[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r"):
                float(bare)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "feed.json"])
def test_json_is_json_and_of_its_own_type(form: str, site: Any) -> None:
    for path, response in fetched(site, form):
        assert "json" in response.headers["content-type"]
        content = json.loads(response.text)
        for item in content.get("items", []):
            assert urlsplit(item["url"]).scheme in ("http", "https"), path
            assert urlsplit(item["external_url"]).scheme in ("http", "https"), path
        if form == "json" and path.startswith("/story/"):
            n = int(path.split("/")[2].split(".")[0])
            assert content["title"] == list(WORDS.values())[n - 1]


# ---------------------------------------------------------------- headers and failures


@pytest.mark.parametrize(
    "path",
    ["/", "/search", "/story/1", "/story/1.json", "/archive", "/archive/articles",
     "/archive/articles.json", "/archive/articles.csv", "/-/static/app.css",
     "/-/static-watch/watch.css", "/-/static-watch/none.css", "/nothing", "/nothing.json",
     "/archive/articles/999", "/archive.db", "/search/", "/%0d%0aX", "/archive?sql=drop+table+x",
     "/-/databases.json", "//evil.example/", "/story?url=nowhere"],
)  # fmt: skip
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(path: str, site: Any) -> None:
    (status, headers, _) = raw(site, path)
    assert status < 500
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def raw(
    datasette: Any, path: str, *, method: str = "GET", query: str = "", host: str = "localhost"
) -> tuple[int, dict[str, str], bytes]:
    """Asks without a client that would put the path in order first."""
    sent: list[Any] = []

    async def ask() -> None:
        async def send(event: Any) -> None:
            sent.append(event)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        await datasette.invoke_startup()
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
                 "method": method, "scheme": "http", "path": unquote(path),
                 "raw_path": path.encode("ascii"), "query_string": query.encode("ascii"),
                 "headers": [(b"host", host.encode("latin-1"))], "client": ("127.0.0.1", 1),
                 "server": ("127.0.0.1", 80)}  # fmt: skip
        await datasette.app()(scope, receive, send)

    asyncio.run(ask())
    start = next(e for e in sent if e["type"] == "http.response.start")
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in start["headers"]}
    assert len(headers) == len({k.lower() for k, _ in start["headers"]})
    assert not re.search(r"[\r\n\0]", "".join(f"{k}{v}" for k, v in headers.items()))
    return start["status"], headers, b"".join(e.get("body", b"") for e in sent)


SEGMENT = st.one_of(
    st.sampled_from([*(w[:200] for w in WORDS.values()), "..", "%2e%2e", ".", "-", "archive",
                     "articles", "story", "agency", "ofsted", "1", "0", "-1", "1e9", "9" * 30,
                     "search", ".json", "x.atom", "_internal", ":memory:", "~", "~00"]),
    st.text(max_size=20),
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from([*FACETS, "q", "since", "until", "sort", "page", "watch", "region", "kind",
                     "inspectorate", "body", "days", "year", "url", "statement", "_sort", "_next",
                     "_size", "_facet", "_facet_size", "_facet_array", "_facet_date", "_where",
                     "_through", "_search", "_col", "_nocol", "_shape", "_labels", "_json",
                     "_timelimit", "_stream", "_dl", "_trace", "_extra", "id__in", "id__gt",
                     "headline__arraycontains", "published_at__date", "sql", "_group", "_format",
                     "_sort_desc", "_sort_by_desc", "_filter_column", "_filter_op",
                     "_filter_value", "_blob_column", "_nl", "_header", "_ttl", "_hash"]),
    st.text(max_size=8),
)  # fmt: skip
VALUES = st.one_of(
    SEGMENT,
    st.sampled_from(["max", "on", "off", "array", "arrays", "object", "objects", "id", "headline",
                     "select 1", "select * from articles", "1,2", "[1]", "{}", '{"table": "x"}',
                     "2026-11-03", "0001-01-01", "9999-12-31", "1e400", "NaN", "\ud800"]),
)  # fmt: skip
BASES = st.sampled_from(
    ["/", "/search", "/search.csv", "/search.ics", "/map", "/map.json", "/reported.atom", "/story",
     "/question/search", "/question/near-misses", "/question/reported-lately.feed.json",
     "/archive", "/archive.json", "/archive/articles", "/archive/articles.json",
     "/archive/articles.csv", "/archive/agency_coverage", "/archive/source_health.json",
     "/archive/findings", "/archive/articles/1", "/archive/articles/1.json",
     "/archive/articles/1.blob", "/archive/search", "/archive/robots"]
)  # fmt: skip


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@given(base=BASES, pairs=st.lists(st.tuples(NAMES, VALUES), max_size=4))
@example(base="/archive/articles", pairs=[("\x00", "x")])
def test_no_query_string_makes_a_page_fail(
    base: str, pairs: list[tuple[str, str]], site: Any
) -> None:
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
    status, headers, body = raw(site, base, query=query)
    assert status < 500, query
    location = headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    if headers.get("content-type", "").startswith("text/html"):
        assert not faults(body.decode())


@given(segments=st.lists(SEGMENT, min_size=1, max_size=4), plain=st.booleans(),
       slash=st.booleans())  # fmt: skip
def test_no_path_makes_a_page_fail_nor_leads_to_another_site(
    segments: list[str], plain: bool, slash: bool, site: Any
) -> None:
    safe = "/:?#[]@!$&'()*+,;=\\" if plain else ""
    path = "/" + "/".join(quote(s.encode("utf-8", "surrogatepass"), safe=safe) for s in segments)
    path = path.replace("?", "%3f").replace("#", "%23") + "/" * slash
    status, headers, body = raw(site, path)
    assert status < 500, path
    location = headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\")), path
    if headers.get("content-type", "").startswith("text/html"):
        assert not faults(body.decode())


@pytest.mark.slow
def test_a_public_copy_of_it_is_as_safe(site: Any, tmp_path: Path) -> None:
    source = next(db.path for n, db in site.databases.items() if not n.startswith("_"))
    make_public_copy(Path(source), tmp_path / "archive.db")
    with opened(tmp_path / "archive.db", public=True) as public:
        for kind, paths in pages(WORDS).items():
            for path, response in zip(paths, asked(public, paths), strict=True):
                assert response.status_code < 500, path[:150]
                assert not faults(response.text), (kind, path[:150])


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_host_stays_text(form: str, tmp_path: Path, site: Any) -> None:
    source = next(db.path for n, db in site.databases.items() if not n.startswith("_"))
    make_public_copy(Path(source), tmp_path / "archive.db")
    host = 'evil.example"><script>window.injected=1</script>'
    with opened(tmp_path / "archive.db", public=True) as public:
        status, _, body = raw(public, f"/search.{form}", host=host)
        assert status == 200
        if form == "atom":
            ElementTree.fromstring(body)
        status, _, body = raw(public, "/search", host=host)
        assert status == 200
        assert not faults(body.decode())
        assert b"<script>window" not in body
