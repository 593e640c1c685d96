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
from pipeline.clean.lines import norm, squeeze
from pipeline.clean.markup import Marked, is_aside, text_of, values
from pipeline.clean.people import agencies, is_person, people, person
from pipeline.models import Entry

_OPEN_GRAPH = ("article:author", "og:article:author", "og:author")
_META = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
         "cxenseparse:author", "citation_author", "article.author")  # fmt: skip
_WRITTEN_BY = re.compile(r"(?i)^(?:written|words|article|posted)? ?by$|^authors?$")
_MOST_ELEMENTS, _MOST_PEOPLE = 12, 20
#: a text that joins the name before it with the name after it
_JOINS = re.compile(r"(?:^|\s)(?:and|&|with|,|;|\|)\s*$", re.I)
_JOINED = re.compile(r"^\s*(?:and|&|with)\b", re.I)
_LABEL = re.compile(
    r"^(?:(?:article |story |post |blog )?(?:written|words|text|article|story|posted|published) by"
    r"|by|authors?(?:\(s\))?|contributors?|writers?|reporters?)\s*:?$", re.I)  # fmt: skip
_LINE = re.compile(
    r"^(?:published\b.{0,30}\d{4},?\s+)?(?:(?:article |story |post )?(?:written|words|text|article|"
    r"story|posted|published) by|by|authors?\s*:|contributors?\s*:)[\s:]+(?=\S)", re.I)  # fmt: skip
_TEXTS = etree.XPath("descendant-or-self::*/text()[normalize-space()]")
_BY_TEXTS = etree.XPath(
    "//body//text()[contains(., 'By') or contains(., 'by') or contains(., 'BY')"
    " or contains(., 'uthor') or contains(., 'ontributor')]"
    "[string-length(normalize-space()) < 120]"
)


@dataclass(frozen=True)
class Byline:
    """What one source says; either may be empty, not both."""

    source: str
    people: tuple[str, ...]
    agencies: tuple[str, ...] = ()


def stated(
    said: jsonld.Said, marked: Marked, entry: Entry | None, *, publisher: str | None
) -> Iterator[Byline]:
    """Each source that names somebody, in the order in which they are believed."""
    named = _Namer(publisher)
    yield from named.by_things("json-ld", said.article.get("author"), said)
    yield from named.by_texts("open graph", values(marked.meta, _OPEN_GRAPH))
    yield from named.by_texts("meta", [*values(marked.meta, _META), *_labelled(marked)])
    yield from named.by_elements("microdata", marked.props.get("author", ()))
    yield from named.by_elements("page", marked.bylines)
    yield from named.by_links("page", marked.author_links)
    if entry and entry.author:
        yield from named.by_texts("feed", [entry.author])


def searched(tree: HtmlElement, *, publisher: str | None) -> tuple[str, ...]:
    """The last resort: a line anywhere that begins with "By", or a name behind such a word."""
    for text in islice(_BY_TEXTS(tree), 60):
        line, owner = squeeze(text), text.getparent()
        if owner is None or owner.tag in ("script", "style", "title", "option", "textarea"):
            continue
        if _LABEL.match(line):
            names = _behind(text, publisher)
        elif m := _LINE.match(line):
            names = people(line[m.end() :], publisher=publisher)[:_MOST_PEOPLE]
            if names and not line[m.end() :].startswith(names[0][:4]):
                names = ()  # a sentence that has a name in it
        else:
            continue
        if names and not is_aside(owner):
            return names
    return ()


class _Namer:
    """Reads names as the publisher's own page means them."""

    def __init__(self, publisher: str | None) -> None:
        self.publisher = publisher

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
                    names += person(text, publisher=self.publisher, stated=stated)
        yield from _byline(source, names, wire)

    def by_texts(self, source: str, texts: Iterable[str]) -> Iterator[Byline]:
        names: list[str] = []
        wire: list[str] = []
        for text in texts:
            if not text.startswith(("http", "@")):
                names += person(text, publisher=self.publisher)
                wire += agencies(text)
        yield from _byline(source, names, wire)

    def by_elements(self, source: str, elements: Iterable[HtmlElement]) -> Iterator[Byline]:
        """The first element that names people; the agencies of those before it."""
        wire: list[str] = []
        for element in islice(elements, _MOST_ELEMENTS):
            if is_aside(element):
                continue
            names = self.within(element)
            wire += agencies(element.get("content") or text_of(element))
            if names:
                yield from _byline(source, names, wire)
                return
        yield from _byline(source, [], wire)

    def within(self, element: HtmlElement) -> list[str]:
        """Names in an element, text by text: a job in a <span> of its own is no part of a name."""
        if content := element.get("content"):
            return list(person(content, publisher=self.publisher))
        names: list[str] = []
        joined = True
        for text in _TEXTS(element)[:40]:
            line = squeeze(text)
            found = people(line, publisher=self.publisher)
            if found and (joined or _is_linked(text) or _JOINED.match(line)):
                names += found
            if names:
                joined = bool(_JOINS.search(line))
        if not names:
            whole = text_of(element)
            names += person(whole, publisher=self.publisher) if len(whole) < 160 else ()
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
            if not is_person(text, publisher=self.publisher) or is_aside(link):
                continue
            if norm(text).split()[-1] in slug or norm(text).replace(" ", "") in slug:
                names.append(text)
                around = _grandparent(link)
        yield from _byline(source, names, [])


def _byline(source: str, names: list[str], wire: list[str]) -> Iterator[Byline]:
    if names or wire:
        unique = {norm(n): n for n in reversed(names)}
        ordered = [n for n in dict.fromkeys(unique[norm(n)] for n in names)]
        yield Byline(source, tuple(ordered[:_MOST_PEOPLE]), tuple(dict.fromkeys(wire)))


def _labelled(marked: Marked) -> list[str]:
    """Twitter's cards may say anything; "Written by" is the commonest."""
    label = "".join(marked.meta.get("twitter:label1", [])[:1])
    return marked.meta.get("twitter:data1", [])[:1] if _WRITTEN_BY.match(label) else []


def _is_linked(text: Any) -> bool:
    """Is a text node (of lxml's kind that knows where it stands) the text of a link?"""
    owner = text.getparent()
    return (owner.getparent() if text.is_tail else owner).tag == "a"


def _grandparent(element: HtmlElement) -> HtmlElement | None:
    parent = element.getparent()
    return parent.getparent() if parent is not None else None


def _behind(text: Any, publisher: str | None) -> tuple[str, ...]:
    """Names in the texts that follow a label such as "Written by"."""
    following = text.getparent().xpath("following::text()[normalize-space()][position() <= 3]")
    if not text.is_tail:
        inner = text.getparent().xpath(".//text()[normalize-space()][position() <= 3]")
        following = [t for t in inner if t is not text and squeeze(t) != squeeze(text)] + following
    for near in following[:2]:
        line = squeeze(near)
        if len(line) < 100 and (names := people(line, publisher=publisher)):
            return names if line.startswith(names[0][:3]) else ()
    return ()
