"""Who publishes a page: the name that its readers know, not the company that owns it.

In this order, each without the handle that may stand behind it ("(@paper)"):

1. of the names that the page gives to machines (JSON-LD's publisher, og:site_name,
   application-name, JSON-LD's site, Dublin Core) the first that resembles the host, else the first;
2. the first or last part of <title> that resembles the host, or that stands in the masthead;
3. a name in the masthead that resembles the host and stands at the foot of the page as well;
4. the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.lines import norm, squeeze
from pipeline.clean.links import absolute
from pipeline.clean.markup import Marked, values
from pipeline.clean.rules import settings
from pipeline.urls import host, leads_home, site

_HANDLE = re.compile(r"\s*\(?@\w+\)?$")
#: between a story's headline and the names of its site and section in <title>
SEAM = re.compile(r"\s+(?:[|»·•]|::|[-–—])\s+")
_SMALL = frozenset(("a", "and", "for", "in", "of", "on", "the"))
_LONGEST = 8  #: words of a publisher's name
_UNREAD = (etree.Comment, etree.ProcessingInstruction, "script", "style", "title", "noscript")
_IMPRINT = 30  #: words of a line with it at the foot of a page
_LOGO = re.compile(r"(?i)\s+logo$")  #: what describes a picture, not a name
_MASTHEAD = re.compile(r"(?<![a-z])(?:logo|brand(?:ing)?|masthead|site-?(?:title|name))(?![a-z])")
_TOP, _FOOT = 120, 60  #: elements of a page in which its masthead and its imprint stand


def read(said: jsonld.Said, marked: Marked, url: str) -> str | None:
    """The publisher's name by the order of the module's text; the host at the worst."""
    stated = [
        *jsonld.texts_of(said.meant(said.article.get("publisher"))),
        *values(marked.meta, ("og:site_name", "application-name")),
        *jsonld.texts_of(said.site.get("name")),
        *values(marked.meta, ("dc.publisher", "dcterms.publisher", "publisher")),
    ]
    names = [name for text in stated if (name := _HANDLE.sub("", text))]
    ours = (name for name in names if resembles(name, url))
    named = next(ours, None) or next(iter(names), None) or _shown(marked, url)
    return named or host(url).removeprefix("www.") or None


def resembles(name: str, url: str) -> bool:
    """Is a host called after a name: by its words, the beginnings of them, their initials?

    "Municipal Week" → municipalweek, "Police and Crime Commissioner for Wexshire" → wexshire-pcc.
    """
    label = site(url).split(".")[0].lower()
    words = [w for w in norm(name).split() if w not in _SMALL]
    whole, spelt = "".join(words), norm(name).replace(" ", "")
    if len(label) < 2 or not words:
        return False
    key = label.replace("-", "")
    initials = "".join(w[0] for w in words)
    if key in (initials, whole, spelt) or (len(key) > 2 and key in spelt):
        return True
    if len(whole) > 4 and len(words) > 1 and (whole in key or spelt in key):
        return True
    return "-" in label and all(part in words or part in initials for part in label.split("-"))


def _shown(marked: Marked, url: str) -> str | None:
    """What readers see: in the title, in the masthead, at the foot."""
    for title in marked.titles[:1]:
        parts = SEAM.split(title)
        if len(parts) == 1:
            parts = title.split(": ", 1)  # "The Paper: School praised"
        ends = [end for end in (parts[-1], parts[0]) if len(parts) > 1 and _is_name(end)]
        heads = {norm(t) for e in marked.elements[:_TOP] if _is_masthead(e, url) for t in _short(e)}
        ours = (end for end in ends if resembles(end, url))
        shown = (end for end in ends if norm(end) in heads)
        if name := next(ours, None) or next(shown, None):
            return name
    half = len(marked.elements) // 2
    imprint = marked.elements[max(half, len(marked.elements) - _FOOT) :]
    foot = [f" {norm(t)} " for e in imprint for t in _short(e, longest=_IMPRINT)]
    top = (text for e in marked.elements[: min(_TOP, half)] for text in _short(e))
    return next(
        (t for t in top if resembles(t, url) and any(f" {norm(t)} " in f for f in foot)), None
    )


def _is_name(text: str) -> bool:
    sections, key = settings()["sections"], norm(text)
    is_part = key in sections["names"] or key in sections["never"]
    return len(text.split()) <= _LONGEST and text[:1].isupper() and not is_part


def _short(element: HtmlElement, longest: int = _LONGEST) -> Iterator[str]:
    """An element's texts and alternative text where they are a few words, with a capital."""
    inside = () if element.tag in _UNREAD else (element.text, element.get("alt"))
    for text in (*inside, element.tail):
        if text and len(text) < 300 and not text.isspace():
            line = _LOGO.sub("", squeeze(text))
            if len(line.split()) <= longest and line[:1].isupper():
                yield line


def _is_masthead(element: HtmlElement, url: str) -> bool:
    """Does it stand in a link to the first page, or in what is called a logo or the like?"""
    for around in (element, *islice(element.iterancestors(), 2)):
        if _MASTHEAD.search(f"{around.get('class', '')} {around.get('id', '')}".lower()):
            return True
        if around.tag == "a" and leads_home(absolute(url, around.get("href") or "#") or url):
            return True
    return False
