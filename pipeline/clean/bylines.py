"""Who wrote it, by every source of a page: what the page says to machines first, then to people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.beside import Beside, after
from pipeline.clean.lines import norm, squeeze
from pipeline.clean.markup import Marked, is_aside, is_elsewhere, text_of, values
from pipeline.clean.people import agencies, is_person, person
from pipeline.models import Entry

_OPEN_GRAPH = ("article:author", "og:article:author", "og:author")
_META = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
         "cxenseparse:author", "article.author")  # fmt: skip
_WRITTEN_BY = re.compile(r"(?i)^(?:written|words|article|posted)? ?by$|^authors?$")
_MOST_ELEMENTS, _MOST_PEOPLE = 12, 20
#: a text that joins the name before it with the name after it
_JOINS = re.compile(r"(?:^|\s)(?:and|&|with|,|;|\|)\s*$", re.I)
_JOINED = re.compile(r"^\s*(?:and|&|with)\b", re.I)
#: what others did for the story
_HELPED = re.compile(
    r"(?i)^\W*(?:\w+ )?(?:reviewed|edited|updated|fact[- ]checked|photographs?) by\b"
)
_HONORIFIC = re.compile(r"^(?:dr|prof|professor|sir|dame|cllr|rev) ")
_LABEL = re.compile(
    r"^(?:(?:article |story |post |blog )?(?:written|words|text|article|story|posted|published) by"
    r"|by|authors?(?:\(s\))?|contributors?|writers?|reporters?)\s*:?$", re.I)  # fmt: skip
_LINE = re.compile(
    r"^(?:published\b.{0,30}\d{4},?\s+)?"
    r"(?:(?:(?:this )?(?:article |story |post )(?:was )?)?(?:written|words|text|article|story|"
    r"posted|published) by|by|authors?\s*:|contributors?\s*:)[\s:]+(?=\S)", re.I)  # fmt: skip
_TEXTS = etree.XPath("descendant-or-self::*/text()[normalize-space()]")
_BY_QUICK = re.compile(r"[Bb][Yy]\b|uthor|riter|ontributor|eporter")
_LONGEST_LINE = 160


@dataclass(frozen=True)
class Byline:
    """What one source says; either may be empty, not both."""

    source: str
    people: tuple[str, ...]
    agencies: tuple[str, ...] = ()


def stated(
    said: jsonld.Said,
    marked: Marked,
    entry: Entry | None,
    beside: tuple[str, ...],
    *,
    publisher: str | None,
    host: str = "",
) -> Iterator[Byline]:
    """Each source that names somebody, in the order in which they are believed.

    `beside`: who stands bare beside the headline.
    """
    named = _Namer(publisher, host)
    yield from named.by_things("json-ld", said.article.get("author"), said)
    yield from named.by_texts("open graph", values(marked.meta, _OPEN_GRAPH))
    cited = map(_turned, values(marked.meta, ("citation_author",)))
    yield from named.by_texts("meta", [*values(marked.meta, _META), *cited, *_labelled(marked)])
    yield from named.by_elements("microdata", marked.props.get("author", ()))
    yield from named.by_elements("page", marked.bylines)
    yield from named.by_links("page", marked.author_links)
    yield from _byline("page", list(beside), [])
    if entry and entry.author:
        yield from named.by_texts("feed", [entry.author])


def chosen(named: list[Byline], beside: Beside, *, headline: str | None = None) -> tuple[str, ...]:
    """The people of the first source, completed by a later one that names them all and more, or by
    a line beside the headline that does (what it shares with the headline is its subject).

    A line "By …" right beside the headline that names none of them is believed instead: it is what
    was printed, and a publishing system may only know who pressed the button.
    """
    first = next((b.people for b in named if b.people), ())
    if beside.signed and not _keys(beside.byline) & _keys(first):
        return beside.byline
    others = (b.people for b in named if b.source != "page")
    title = f" {norm(headline or '')} "
    shown = tuple(name for name in beside.byline if f" {norm(name)} " not in title)
    for later in (*others, shown):
        if first and _keys(first) < _keys(later):
            first = later
    return first


def _keys(names: Iterable[str]) -> set[str]:
    return {_HONORIFIC.sub("", norm(name)) for name in names}


def searched(
    marked: Marked, headline: HtmlElement | None, *, publisher: str | None
) -> tuple[str, ...]:
    """The last resort: a line anywhere that begins with "By", or a name behind such a word."""
    for element, text, is_tail in marked.texts():
        if len(text) > _LONGEST_LINE or not _BY_QUICK.search(text):
            continue
        line = squeeze(text)
        if m := _LABEL.match(line):
            names = _behind(element, line, is_tail, publisher)
        elif m := _LINE.match(line):
            names = person(line[m.end() :], publisher=publisher)[:_MOST_PEOPLE]
            if names and not line[m.end() :].startswith(names[0][:4]):
                names = ()  # a sentence that has a name in it
        else:
            continue
        if m[0].strip().lower() == "by" and not marked.near(element, headline):
            continue  # a book, a picture
        if names and not is_elsewhere(element):
            return names
    return ()


class _Namer:
    """Reads names as the publisher's own page means them."""

    def __init__(self, publisher: str | None, name: str) -> None:
        self.publisher = publisher
        self.site = f"{publisher or ''} {name}"

    def person(self, text: str, *, stated: bool = False) -> tuple[str, ...]:
        return person(text, publisher=self.publisher, site=self.site, stated=stated)

    def by_things(self, source: str, value: Any, said: jsonld.Said) -> Iterator[Byline]:
        """Authors of JSON-LD: strings, objects with a name, references to such."""
        names: list[str] = []
        wire: list[str] = []
        for item in jsonld.items_of(value):
            thing = said.meant(item)
            kinds = jsonld.texts_of(thing.get("@type")) if isinstance(thing, dict) else []
            for text in jsonld.texts_of(thing):
                wire += agencies(text)
                if "Organization" not in " ".join(kinds):
                    stated = "Person" in kinds
                    names += self.person(text, stated=stated)
        yield from _byline(source, names, wire)

    def by_texts(self, source: str, texts: Iterable[str]) -> Iterator[Byline]:
        names: list[str] = []
        wire: list[str] = []
        for text in texts:
            if not text.startswith(("http", "@")):
                names += self.person(text, stated=True)
                wire += agencies(text)
        yield from _byline(source, names, wire)

    def by_elements(self, source: str, elements: Iterable[HtmlElement]) -> Iterator[Byline]:
        """The first element that names people and those in the same line; their agencies."""
        wire: list[str] = []
        near = [e for e in islice(elements, 2 * _MOST_ELEMENTS) if not is_elsewhere(e)]
        near.sort(key=is_aside)  # those in the story first, in the order of the page
        names: list[str] = []
        line: HtmlElement | None = None
        for element in near[:_MOST_ELEMENTS]:
            if names and line not in (element.getparent(), _grandparent(element)):
                break
            found = self.within(element)
            wire += agencies(element.get("content") or text_of(element))
            if found and not names:
                parent = element.getparent()
                line = _grandparent(element) if parent.tag == "a" else parent
            names += found
            if names and not element.get("itemprop"):
                break  # a class says less: what stands beside it may be a category
        yield from _byline(source, names, wire)

    def within(self, element: HtmlElement) -> list[str]:
        """Names in an element, text by text: a job in a <span> of its own is no part of a name."""
        if content := element.get("content"):
            return list(self.person(content, stated=True))
        names: list[str] = []
        joined = True
        for text in _TEXTS(element)[:40]:
            line = squeeze(text)
            if _HELPED.search(line):
                break
            found = self.person(line) if len(line) <= _LONGEST_LINE else ()
            if found and (joined or _is_linked(text) or _JOINED.match(line)):
                names += found
            if names:
                joined = bool(_JOINS.search(line))
        whole = text_of(element) if not names else ""
        if len(whole) < _LONGEST_LINE and not _HELPED.search(whole):
            names += self.person(whole)
        return names

    def by_links(self, source: str, links: Iterable[HtmlElement]) -> Iterator[Byline]:
        """The first link whose text is a name that its address spells, and those beside it."""
        names: list[str] = []
        around: HtmlElement | None = None
        for link in islice(links, _MOST_ELEMENTS):
            if around is not None and around not in (link.getparent(), _grandparent(link)):
                break
            text = text_of(link)
            slug = norm(unquote(link.get("href") or "")).replace("_", " ").split()
            if not is_person(text, publisher=self.publisher) or is_elsewhere(link):
                continue
            if norm(text).split()[-1] in slug or norm(text).replace(" ", "") in slug:
                names.append(text)
                around = _grandparent(link)
        yield from _byline(source, names, [])


def _byline(source: str, names: list[str], wire: list[str]) -> Iterator[Byline]:
    if names or wire:
        unique = {norm(n): n for n in reversed(names)}
        ordered = list(dict.fromkeys(unique[norm(n)] for n in names))
        yield Byline(source, tuple(ordered[:_MOST_PEOPLE]), tuple(dict.fromkeys(wire)))


def _turned(name: str) -> str:
    """ "Example, Nina" → "Nina Example", as citations have it."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma else name


def _labelled(marked: Marked) -> list[str]:
    """Twitter's cards may say anything; "Written by" is the commonest."""
    label = "".join(marked.meta.get("twitter:label1", [])[:1])
    return marked.meta.get("twitter:data1", [])[:1] if _WRITTEN_BY.match(label) else []


def _is_linked(text: Any) -> bool:
    """Is a text node (of lxml's kind that knows where it stands) the text of a link?"""
    owner = text.getparent()
    return bool((owner.getparent() if text.is_tail else owner).tag == "a")


def _grandparent(element: HtmlElement) -> HtmlElement | None:
    parent = element.getparent()
    return parent.getparent() if parent is not None else None


def _behind(
    element: HtmlElement, label: str, is_tail: bool, publisher: str | None
) -> tuple[str, ...]:
    """Names in the texts that follow a label such as "Written by", as long as they are listed."""
    found: list[str] = []
    listed: HtmlElement | None = None  # where the first name stands
    tag = ""
    read = 0
    for text, owner, _ in after(element, inside=not is_tail):
        line = squeeze(text)
        if line == label:
            continue
        read += 1
        names = person(line, publisher=publisher) if len(line) < 100 else ()
        if listed is None and names and line.startswith(names[0][:3]):
            found, listed, tag = list(names), _grandparent(owner), owner.tag
        elif names and owner.tag == tag and listed in (_grandparent(owner), owner.getparent()):
            found += names
        elif (listed is not None and not _JOINS.search(line)) or read > 1:
            break
    return tuple(dict.fromkeys(found))[:_MOST_PEOPLE]
