"""Where pages write about themselves: JSON-LD, <meta>, elements marked by class or microdata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from pipeline.clean.html import plain_text
from pipeline.clean.lines import squeeze

_ARTICLE_TYPES = re.compile(r"Article$|^(?:Report|BlogPosting|LiveBlogPosting|SocialMediaPosting)$")
_STANDFIRST = re.compile(
    r"(?:^|[ _-])(?:stand-?first|deck|dek|sub-?title|sub-?heading|sub-?headline|sub-?head|strap-?line|"  # noqa: E501
    r"article-?description|article-?summary|article-?synopsis|story-?summary|lead-?paragraph-?standfirst|"
    r"post-?excerpt|entry-?summary|article-?excerpt|page-?intro|gem-c-lead-paragraph)(?:$|[ _-])",
    re.I,
)
_BYLINE = re.compile(
    r"(?:^|[ _-])(?:byline|by-line|author-?name|article-?author|author|post-?author|entry-?author|"
    r"writer|contributor-?name|vcard)(?:$|[ _-])", re.I)  # fmt: skip
_DATELINE = re.compile(
    r"(?:^|[ _-])(?:date|dateline|timestamp|publish(?:ed)?-?(?:date|time|on|at)?|pub-?date|"
    r"post-?date|entry-?date|article-?date|submitted)(?:$|[ _-])", re.I)  # fmt: skip


@dataclass
class Marked:
    """Elements that say by tag, class or microdata what they are, in the order of the page."""

    h1: list[HtmlElement] = field(default_factory=list)
    standfirsts: list[HtmlElement] = field(default_factory=list)
    bylines: list[HtmlElement] = field(default_factory=list)
    dates: list[HtmlElement] = field(default_factory=list)
    props: dict[str, list[HtmlElement]] = field(default_factory=dict)


def json_ld(tree: HtmlElement) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the article's object, the publisher's or site's); empty dicts where there is none."""
    article: dict[str, Any] = {}
    site: dict[str, Any] = {}
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", ""):
            continue
        for node in _nodes(_loads(script.text or "")):
            types = " ".join(texts_of(node.get("@type")))
            if not article and any(_ARTICLE_TYPES.search(t) for t in types.split()):
                article = node
            elif not site and re.search(r"Organization|WebSite", types):
                site = node
    return article, site


def _loads(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Objects with a type, from lists, `@graph` and `mainEntity`."""
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth + 1)


def texts_of(value: Any) -> list[str]:
    """Strings in a JSON-LD value: a string, a list, or objects with a name."""
    if isinstance(value, str):
        return [squeeze(plain_text(value) if "<" in value or "&" in value else value)]
    if isinstance(value, list):
        return [t for item in value for t in texts_of(item)]
    if isinstance(value, dict):
        return texts_of(value.get("name") or value.get("@value"))
    return []


def meta_of(tree: HtmlElement) -> dict[str, str]:
    """<meta> by lower-case name or property; the first of a name wins."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), squeeze(content))
    return found


def values(meta: dict[str, str], names: Iterable[str]) -> list[str]:
    return [meta[n] for n in names if n in meta]


def marked_in(tree: HtmlElement) -> Marked:
    marked = Marked()
    for element in tree.iter(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "div",
        "span",
        "a",
        "time",
        "li",
        "ul",
        "address",
        "section",
        "strong",
        "b",
        "em",
        "td",
        "abbr",
        "dd",
    ):
        if element.tag == "h1":
            marked.h1.append(element)
        if element.tag == "time":
            marked.dates.append(element)
        prop = element.get("itemprop")
        if prop:
            marked.props.setdefault(prop.lower(), []).append(element)
        names = element.get("class")
        if element.get("rel") == "author":
            marked.bylines.append(element)
        elif names:
            _by_class(element, names, marked)
    return marked


def _by_class(element: HtmlElement, names: str, marked: Marked) -> None:
    what = _named(names)
    if what == "standfirst":
        marked.standfirsts.append(element)
    elif what == "byline" and len(marked.bylines) < 8:
        marked.bylines.append(element)
    elif what == "date" and len(marked.dates) < 12:
        marked.dates.append(element)


@lru_cache(maxsize=20_000)
def _named(names: str) -> str | None:
    """What a class attribute says that its element is; pages use few different ones."""
    if _STANDFIRST.search(names):
        return "standfirst"
    if _BYLINE.search(names):
        return "byline"
    return "date" if _DATELINE.search(names) else None


def text_of(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def first_of(*sources: Iterable[str]) -> str | None:
    return next((text for source in sources for text in source if text), None)
