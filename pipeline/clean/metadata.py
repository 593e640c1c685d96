"""What a page says about its story: headline, standfirst, authors, dates, picture, address.

Each field is taken from the first source that has it, in one stated order (`ORDER`):

1. `json-ld`     schema.org objects in scripts: the article's, then the page's
2. `open graph`  <meta property="og:…"> and "article:…"
3. `meta`        other <meta>: Dublin Core, Parse.ly, Sailthru, citation, Twitter's "Written by"
4. `microdata`   elements with itemprop
5. `title`       <title>, without the site's name
6. `page`        what a reader sees: elements by class, <time>, links to an author's page, what
                 stands bare beside the headline, a line that begins with "By"
7. `feed`        the entry that led here
8. `address`     a day in the address of the page

Some depart from it, each for a reason:

- The headline is the page's own <h1> where that nearly agrees with another source, for those may
  be cut short or written for sharing.
- A day that stands beside the headline and is earlier than the machines' is believed: systems give
  a story a new date when it is moved. Where no day of publication is named at all, that of the
  last change stands for it.
- A line "By …" right below the headline that names none of a source's people is believed instead:
  a system may only know who pressed the button. A later source that names all people of the first
  and more completes it.
- The page's canonical link comes before og:url and JSON-LD.
- A standfirst is what the page shows as one; what it says to machines alone is none (`standfirst`).
- A section is a category or a breadcrumb of the page before a part of the title (`section`).
- A publisher is called what resembles the host rather than what its owner is called (`publisher`).

A source that says something materially different from what was chosen is recorded: a headline of
which neither has all the words of the other; a date that no time zone makes the same day; authors
of whom neither is part of the other; another canonical address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipeline.clean import (
    address,
    bylines,
    declared,
    headlines,
    jsonld,
    picture,
    publication,
    publisher,
    section,
    standfirst,
)
from pipeline.clean.beside import Beside, above, below
from pipeline.clean.bylines import Byline
from pipeline.clean.disagreements import Claim, disagreements
from pipeline.clean.lines import norm
from pipeline.clean.markup import Marked, first_of, json_ld, marked_in, text_of, values
from pipeline.models import Disagreement, Entry, Image
from pipeline.urls import host, leads_home

ORDER = ("json-ld", "open graph", "meta", "microdata", "title", "page", "feed", "address")
_REGION = re.compile(r"[-_][A-Za-z]{2}\b")
_AMERICAN = re.compile(r"en[-_]us\b", re.I)
#: hosts whose dates are day first, whatever language their theme was delivered with
_DAY_FIRST_HOST = re.compile(r"\.(?:uk|wales|cymru|scot|ie|london|au|nz|in|eu)$")


@dataclass
class Metadata:
    """All that was found; `headlines` are every form of the headline, for finding it doubled."""

    headline: str | None = None
    headlines: set[str] = field(default_factory=set)
    standfirst: str | None = None
    standfirst_element: HtmlElement | None = None
    byline: tuple[str, ...] = ()
    news_agencies: tuple[str, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    publisher: str | None = None
    section: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    image: Image | None = None
    disagreements: tuple[Disagreement, ...] = ()
    free: bool | None = None  #: what the page declares
    body: str | None = None  #: JSON-LD articleBody
    #: Python's objects for the page's elements, kept so that later walks need not make them anew
    elements: list[HtmlElement] = field(default_factory=list, repr=False)


def read(tree: HtmlElement, url: str, entry: Entry | None) -> Metadata:
    """Reads a whole, unpruned page."""
    marked = marked_in(tree)
    said = json_ld(marked)
    article = said.article
    found = Metadata(elements=marked.elements)
    found.publisher = publisher.read(said, marked, url)
    site = None if leads_home(url) else found.publisher  # a first page is called after its site
    headline = headlines.read(said, marked, entry, site)
    found.headline, found.headlines = headline.text, set(headline.forms)
    shown = _headline_element(found, marked)
    if (deck := standfirst.read(marked, shown, found.headlines)) is not None:
        found.standfirst, found.standfirst_element = deck
    american = _is_american(tree, marked, url)
    near = Beside()
    if shown is not None:
        near = below(shown, publisher=found.publisher, monthfirst=american)
    named = list(
        bylines.stated(said, marked, entry, near.byline, publisher=found.publisher, host=host(url))
    )
    published = publication.published(said, marked, entry, url, shown, near, monthfirst=american)
    addresses = address.claims(said, marked, url)
    _choose(found, named, published, near)
    found.modified_at = publication.modified(said, marked, shown, monthfirst=american)
    _last_resorts(found, marked, shown, monthfirst=american)
    found.canonical_url = next((c.value for c in addresses), None)
    found.image = picture.lead(said, marked, url)
    found.section = section.read(said, marked, shown, url, publisher=found.publisher)
    found.language = _language(tree, marked, said)
    found.free, found.body = declared.is_free(marked), _body(article)
    found.disagreements = disagreements(
        headline=found.headline,
        byline=found.byline,
        published_at=found.published_at,
        canonical_url=found.canonical_url,
        claims=[
            *(Claim("headline", source, text) for source, text in headline.claims),
            *published,
            *(Claim("byline", b.source, "; ".join(b.people)) for b in named if b.people),
            *addresses,
        ],
    )
    return found


def _body(article: jsonld.Node) -> str | None:
    body = article.get("articleBody")
    return body if isinstance(body, str) else None


def _choose(found: Metadata, named: list[Byline], published: list[Claim], near: Beside) -> None:
    """The first source that names people, the first that names a day; every agency named."""
    found.byline = bylines.chosen(named, near, headline=found.headline)
    wire = (a for b in named for a in b.agencies)
    ours = norm(found.publisher or "")
    found.news_agencies = tuple(dict.fromkeys(a for a in wire if norm(a) != ours))
    found.published_at = publication.chosen(published, near)


def _last_resorts(
    found: Metadata, marked: Marked, headline: HtmlElement | None, *, monthfirst: bool
) -> None:
    """What stands above the headline, then a line or a date anywhere, then the last change."""
    if found.byline and found.published_at:
        return
    if headline is not None:
        over = above(headline, publisher=found.publisher, monthfirst=monthfirst)
        found.byline = found.byline or over.byline
        found.published_at = found.published_at or over.published_at
    if not found.byline and not found.news_agencies:
        found.byline = bylines.searched(marked, headline, publisher=found.publisher)
    if found.published_at is None:
        found.published_at = (
            publication.searched(marked, headline, monthfirst=monthfirst) or found.modified_at
        )


def _headline_element(found: Metadata, marked: Marked) -> HtmlElement | None:
    """The heading that says the headline; the highest one where several do."""
    for element in marked.h1:
        if norm(text_of(element)) in found.headlines:
            return element
    lower = [e for e in marked.elements if e.tag in ("h2", "h3")]
    return next((e for e in lower if norm(text_of(e)) in found.headlines), None)


def _is_american(tree: HtmlElement, marked: Marked, url: str) -> bool:
    """Does the page say that it is written in the United States?"""
    said = [tree.get("lang") or "", *values(marked.meta, ("og:locale",))]
    named = first_of(code for code in said if _REGION.search(code)) or ""
    return bool(_AMERICAN.match(named)) and not _DAY_FIRST_HOST.search(host(url))


def _language(tree: HtmlElement, marked: Marked, said: jsonld.Said) -> str | None:
    code = first_of([tree.get("lang") or ""], jsonld.texts_of(said.article.get("inLanguage")),
                  values(marked.meta, ("og:locale", "content-language", "language")))  # fmt: skip
    m = re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", code or "")
    return m[0].lower() if m else None
