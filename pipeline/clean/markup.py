"""Where pages write about themselves: JSON-LD, <meta>, elements marked by class or microdata.

One walk over a page finds all of it. Python's objects for the elements are what costs, so they are
made once, and kept while the page is cleaned (`Marked.elements`): the walks that follow find them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.lines import squeeze

_MOST_ELEMENTS = 60_000  #: a long page has 5,000
_MOST_OF_A_KIND = 120
_BEFORE, _BEHIND = 80, 120  #: elements from the headline that still belong to it
_STANDFIRST = (
    r"(?:stand-?first|deck|dek|sub-?title|sub-?heading|sub-?headline|sub-?head|strap-?line|"
    r"article-?description|article-?summary|article-?synopsis|story-?summary|"
    r"lead-?paragraph-?standfirst|post-?excerpt|entry-?(?:summary|excerpt)|article-?excerpt|page-?intro|"
    r"gem-c-lead-paragraph)"
)
_BYLINE = (
    r"(?:byline|by-line|author-?name|article-?author|author|authors|post-?author|entry-?author|"
    r"writer|contributor-?name|vcard|contributors?|name-uid)"
)
_DATELINE = (
    r"(?:date|dateline|timestamp|publish(?:ed)?-?(?:date|time|on|at)?|pub-?date|post-?date|"
    r"entry-?date|article-?date|submitted|posted-?on|publication-?date|date-?published)"
)
_KICKER = (
    r"(?:kicker|rubric|eyebrow|overline|cat|section-?(?:name|label|link|tag)|"
    r"article-?(?:section|label|topic|kicker)|post-?label|story-?(?:section|label))"
)
_CATEGORY = r"(?:categor(?:y|ies)|cat-?links|filed-?under|posted-?in)$"
#: of one word of a class attribute, in lower case
_NAMED = re.compile(
    rf"(?:^|[_-])(?:(?P<standfirst>{_STANDFIRST})|(?P<byline>{_BYLINE})|(?P<date>{_DATELINE})|"
    rf"(?P<category>{_CATEGORY})|(?P<crumb>(?:bread)?-?crumbs?)|(?P<kicker>{_KICKER}))(?=$|[_-])"
)
_KEPT = {"standfirst": "standfirsts", "byline": "bylines", "date": "dates", "kicker": "kickers",
         "category": "categories", "crumb": "crumbs"}  # fmt: skip
_KINDS = tuple(_KEPT)
#: a link to the page of a person who writes, by the habits of publishing systems
#: (not `/people/` and the like: ministers and inspectors have such pages too)
_AUTHOR_LINK = re.compile(  # as all systems write it, in lower case: that is searched the fastest
    r"/(?:authors?|contributors?|writers?|reporters?|journalists?|producers|by|columnists?)"
    r"/[^/?#]+/?(?:[?#]|$)"
)
#: other stories, and what readers write
_ELSEWHERE = re.compile(
    r"(?:^|[ _-])(?:comments?|respond|replies|related|recommended|most-?read|popular|"
    r"more-?(?:stories|articles|posts|from|news)|latest|next-?post|previous|recirc|teasers?|"
    r"testimonials?|carousel|promo|trending)(?:$|[ _-])", re.I)  # fmt: skip
#: beside the story, where other stories may stand, or what is said of this one
_ASIDE = re.compile(
    r"(?:^|[ _-])(?:sidebar|footer|(?<!author.)(?<!bio.)cards?)(?:$|[ _-])", re.I)  # fmt: skip
_ELSEWHERE_TAGS = frozenset(("nav", "figure", "select", "noscript"))
_ASIDE_TAGS = frozenset(("footer", "aside"))
_UNSEEN = frozenset(("script", "style", "title", "option", "textarea", "template", "svg"))


@dataclass
class Marked:
    """What says by tag, class or microdata what it is, in the order of the page."""

    titles: list[str] = field(default_factory=list)
    h1: list[HtmlElement] = field(default_factory=list)
    figures: list[HtmlElement] = field(default_factory=list)
    standfirsts: list[HtmlElement] = field(default_factory=list)
    bylines: list[HtmlElement] = field(default_factory=list)
    dates: list[HtmlElement] = field(default_factory=list)
    author_links: list[HtmlElement] = field(default_factory=list)
    kickers: list[HtmlElement] = field(default_factory=list)
    categories: list[HtmlElement] = field(default_factory=list)
    crumbs: list[HtmlElement] = field(default_factory=list)
    props: dict[str, list[HtmlElement]] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    canonical: str | None = None
    elements: list[HtmlElement] = field(default_factory=list)
    #: which element of the page each heading and each element named by its class is
    place: dict[HtmlElement, int] = field(default_factory=dict)

    def near(self, element: HtmlElement, headline: HtmlElement | None) -> bool:
        """Does it stand with the headline, rather than with another story?"""
        if headline is None or headline not in self.place:
            return True
        return -_BEFORE <= self.steps(headline, element) <= _BEHIND

    def steps(self, start: HtmlElement, element: HtmlElement) -> int:
        """How many elements behind another one it begins; negative: before it."""
        return self.index(element) - self.index(start)

    def index(self, element: HtmlElement) -> int:
        """Which element of the page it is."""
        if element not in self.place:
            self.place.update((e, i) for i, e in enumerate(self.elements))
        return self.place.get(element, 0)

    def texts(self) -> Iterator[tuple[HtmlElement, str, bool]]:
        """(element, text, whether it stands behind it): what a reader may see, nearly in order."""
        for element in self.elements:
            if element.tag not in _UNSEEN and (text := element.text):
                yield element, text, False
            if text := element.tail:
                yield element, text, True


def marked_in(tree: HtmlElement) -> Marked:
    """All that a page marks. Of no kind more than a few dozen are kept."""
    marked = Marked(elements=list(islice(tree.iter(), _MOST_ELEMENTS)))
    by_tag = _BY_TAG.get
    for place, element in enumerate(marked.elements):
        if (read := by_tag(element.tag)) is not None:
            read(element, marked)
            if read is _h1 or read is _time:
                marked.place[element] = place
        names = element.get("class")
        if names and (what := _named(names)) is not None:
            _keep(getattr(marked, _KEPT[what]), element)
            marked.place[element] = place
        prop = element.get("itemprop")
        if prop:
            _keep(marked.props.setdefault(prop.lower(), []), element)
    return marked


def _keep(kept: list[HtmlElement], element: HtmlElement) -> None:
    if len(kept) < _MOST_OF_A_KIND:  # menus may have a dozen dates or names before the story's
        kept.append(element)


def _meta(element: HtmlElement, marked: Marked) -> None:
    name = element.get("property") or element.get("name")
    content = element.get("content")
    if name and content and len(content) < 100_000:
        content = squeeze(html.unescape(content) if "&" in content else content)
        kept = marked.meta.setdefault(name.strip().lower(), [])
        if content and len(kept) < _MOST_OF_A_KIND:
            kept.append(content)


def _script(element: HtmlElement, marked: Marked) -> None:
    if "ld+json" in element.get("type", "").lower() and element.text:
        marked.scripts.append(element.text)


def _link(element: HtmlElement, marked: Marked) -> None:
    if marked.canonical is None and "canonical" in element.get("rel", "").lower().split():
        marked.canonical = element.get("href")


def _anchor(element: HtmlElement, marked: Marked) -> None:
    rel, href = element.get("rel"), element.get("href")
    if rel and "author" in rel.split():
        _keep(marked.bylines, element)
    elif rel and "category" in rel.split():
        _keep(marked.categories, element)
    elif href and _AUTHOR_LINK.search(href):
        _keep(marked.author_links, element)


def _h1(element: HtmlElement, marked: Marked) -> None:
    _keep(marked.h1, element)


def _figure(element: HtmlElement, marked: Marked) -> None:
    _keep(marked.figures, element)


def _title(element: HtmlElement, marked: Marked) -> None:
    if element.getparent().tag == "head" and element.text:
        marked.titles.append(squeeze(element.text))


def _time(element: HtmlElement, marked: Marked) -> None:
    if _named(element.get("class") or "") != "date":  # else it is kept by its class
        _keep(marked.dates, element)


_BY_TAG = {
    "title": _title, "meta": _meta, "script": _script, "link": _link, "a": _anchor, "h1": _h1,
    "figure": _figure, "time": _time,
}  # fmt: skip


@lru_cache(maxsize=30_000)
def _named(names: str) -> str | None:
    """What a class attribute says that its element is."""
    found = [kind for name in names.split() if (kind := _kind(name)) is not None]
    return min(found, key=_KINDS.index, default=None)


@lru_cache(maxsize=50_000)
def _kind(name: str) -> str | None:
    """Of one word: attributes differ from page to page, the words in them much less.

    Its last part tells: `author-date` is a date.
    """
    kind = None
    for m in _NAMED.finditer(name.lower()):
        kind = m.lastgroup
    return kind


def is_aside(element: HtmlElement) -> bool:
    """Does it stand in a sidebar or a footer, or elsewhere altogether?"""
    return distance(element) > 0


def is_elsewhere(element: HtmlElement) -> bool:
    """Does it stand in a menu, in comments, in a list of other stories?"""
    return distance(element) > 1


def distance(element: HtmlElement) -> int:
    """How far from the story: 0 in it, 1 beside it, 2 elsewhere."""
    far = _distance_of(element.get("class") or "")
    for around in element.iterancestors():
        if far == 2 or around.tag in ("body", "html", "article", "main"):
            return 2 if "comment" in (around.get("class") or "").split() else far
        if around.tag in _ELSEWHERE_TAGS:
            return 2
        if around.tag in _ASIDE_TAGS:
            far = 1
        names = f"{around.get('class') or ''} {around.get('id') or ''}"
        if names != " ":
            far = max(far, _distance_of(names))
    return far


@lru_cache(maxsize=20_000)
def _distance_of(names: str) -> int:
    return 2 if _ELSEWHERE.search(names) else int(_ASIDE.search(names) is not None)


def json_ld(marked: Marked) -> jsonld.Said:
    return jsonld.read(marked.scripts)


def values(meta: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    """Contents of the <meta> of these names, in the order of the names."""
    return [content for name in names for content in meta.get(name, ())]


def text_of(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def content_of(element: HtmlElement) -> str:
    """What microdata means by an element: its attribute for machines, else its text."""
    return element.get("content") or element.get("datetime") or text_of(element)


def first_of(*sources: Iterable[str]) -> str | None:
    return next((text for source in sources for text in source if text), None)
