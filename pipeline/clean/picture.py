"""The picture that leads a story: its address, and the caption that stands under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.links import absolute
from pipeline.clean.markup import Marked, is_aside, text_of, values
from pipeline.models import Image

_META = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src",
         "parsely-image-url", "sailthru.image.full", "thumbnail")  # fmt: skip
#: words in a file's path that say it is the site's, not the story's
_STAND_IN = re.compile(
    r"(?<![a-z])(?:logos?|placeholders?|default|fallback|avatars?|favicons?|icons?|sprites?|spacer|"
    r"blank|pixel|gravatar|no-?image|noimg|share-?image|social-?(?:share|card|sharing|image|default)|"
    r"opengraph-?(?:default|image)|og-?(?:default|image)|site-?image|generic|1x1|loading|masthead)"
    r"(?![a-z])|\.(?:svg|ico)$", re.I)  # fmt: skip
_LONGEST = 2000  #: characters of an address
_MOST_FIGURES = 12
_SOURCES = ("data-src", "src", "data-lazy-src")  #: the last two may hold a stand-in
_SIZE = re.compile(r"[-_]?\d{2,4}x\d{2,4}|[-_@](?:\d{2,4}w?|scaled|large|small|medium)(?=\.)")


def lead(said: jsonld.Said, marked: Marked, base: str) -> Image | None:
    """JSON-LD's image, else Open Graph's, else that of the article's first figure."""
    figures = marked.figures[:_MOST_FIGURES]
    logo = {url for url, _ in _things(_publisher_logo(said), said)}
    for address, caption in _candidates(said, marked, figures):
        url = _web_address(address, base)
        if url is None or address in logo or _STAND_IN.search(unquote(urlsplit(url).path)):
            continue
        return Image(url=url, caption=_caption(figures, url, base) or caption)
    return None


def _candidates(
    said: jsonld.Said, marked: Marked, figures: list[HtmlElement]
) -> Iterator[tuple[str, str | None]]:
    yield from _things(said.article.get("image"), said)
    yield from ((address, None) for address in values(marked.meta, _META))
    yield from _things(said.page.get("primaryImageOfPage"), said)
    for figure in figures:
        if (address := _source(figure)) and not is_aside(figure):
            yield address, None


def _things(value: Any, said: jsonld.Said) -> Iterator[tuple[str, str | None]]:
    """(address, caption) of JSON-LD images: strings, objects, references to such."""
    for item in jsonld.items_of(value):
        thing = said.meant(item)
        if isinstance(thing, str):
            yield thing, None
        elif isinstance(thing, dict):
            caption = next(iter(jsonld.texts_of(thing.get("caption"))), None)
            for key in ("url", "contentUrl", "@id"):
                if isinstance(thing.get(key), str):
                    yield thing[key], caption
                    break


def _publisher_logo(said: jsonld.Said) -> Any:
    publisher = said.meant(said.article.get("publisher"))
    return publisher.get("logo") if isinstance(publisher, dict) else None


def _source(figure: HtmlElement) -> str | None:
    image = next(figure.iter("img"), None)
    if image is None:
        return None
    return next((s for key in _SOURCES if (s := image.get(key))), None)


def _web_address(address: str, base: str) -> str | None:
    if len(address) > _LONGEST or address.lstrip()[:5].lower() == "data:":
        return None
    return absolute(base, address)


def _caption(figures: list[HtmlElement], url: str, base: str) -> str | None:
    """Of the figure that shows the same file, in whatever size."""
    wanted = _file(url)
    for figure in figures:
        source = _source(figure)
        if source and wanted and _file(_web_address(source, base) or "") == wanted:
            captions = (text_of(e) for e in figure.iter("figcaption"))
            return next((c for c in captions if 0 < len(c) <= 600), None)
    return None


def _file(url: str) -> str:
    """A picture's file name without the size that its address may carry."""
    return _SIZE.sub("", urlsplit(url).path.rsplit("/", 1)[-1].lower())
