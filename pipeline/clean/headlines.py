"""The headline: what the page shows where its other sources agree, else what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.dates import DAY
from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.markup import Marked, first_of, text_of, values
from pipeline.models import Entry

_SEAM = re.compile(r"\s+(?:[|»·•]|::|[-–—:])\s+")
_BARS = ("|", "»", "·", "•")  #: seams that no headline has
_OPEN_GRAPH = ("og:title",)
_META = ("twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_POSTED = re.compile(r"\s+(?:posted|published|updated) (?:on|by)\b.*$", re.I)
_SECTION = re.compile(r"(?:latest )?news|blogs?|opinion|home|press releases?|sports?", re.I)
_LONGEST = 250  #: characters; what is longer is no headline
_STOP = frozenset((
    "what", "when", "where", "which", "that", "this", "they", "with", "from", "your", "have",
    "will", "more", "most", "about",
))  # fmt: skip
_LABEL = re.compile(r"^(?:Blog|News|Article|Press release):\s+")
_MOST_HEADINGS = 8
_NEAR = 0.4  #: share of words that two headlines of one story have in common


@dataclass(frozen=True)
class Headline:
    """`forms`: every form of it, normalised, for finding it doubled. `claims`: (source, form)."""

    text: str | None
    forms: frozenset[str]
    claims: tuple[tuple[str, str], ...]


def read(said: jsonld.Said, marked: Marked, entry: Entry | None, publisher: str | None) -> Headline:
    """JSON-LD and Open Graph may be cut short or written for sharing: the page's own <h1> wins
    where it says nearly the same as one of them."""
    raw = [
        *(("json-ld", t) for t in jsonld.texts_of(said.article.get("headline"))),
        *(("open graph", t) for t in values(marked.meta, _OPEN_GRAPH)),
        *(("meta", t) for t in values(marked.meta, _META)),
        *(("title", t) for t in marked.titles[:3]),
        *([("feed", entry.headline)] if entry and entry.headline else []),
    ]
    raw = [(source, text) for source, text in raw if text and len(text) <= _LONGEST]
    claims = [(source, without_site(text, publisher)) for source, text in raw]
    known = {norm(text) for _, text in claims}
    headings = (_heading(e, known) for e in marked.h1[:_MOST_HEADINGS])
    h1 = [without_site(t, publisher) for t in headings if 0 < len(t) <= _LONGEST]
    h1 = [t for t in h1 if norm(t) != norm(publisher or "")]
    shown = _shown(h1, claims) or _below_label(marked, claims)
    text = first_of([shown] if shown else [], [t for _, t in claims], h1 if len(h1) == 1 else [])
    forms = {norm(t) for t in (shown, *(t for _, t in claims), *(t for _, t in raw), text) if t}
    page = [("page", shown)] if shown else []
    return Headline(text, frozenset(forms - {""}), (*claims, *page))


def _heading(element: HtmlElement, known: set[str]) -> str:
    """The text of a heading, without a date or a label in front of it or who posted it behind.

    Between its elements a space is set, but for where the headline is known to have none: "O" in
    large letters and "fsted" behind it are one word.
    """
    glued = squeeze(element.text_content())
    text = glued if norm(glued) in known else text_of(element)
    text = _POSTED.sub("", _LABEL.sub("", text))
    day = DAY.match(text)
    rest = text[day.end() :].lstrip(" -–—:|,") if day else ""
    return rest if count(rest) >= 3 else text


def _shown(h1: list[str], claims: list[tuple[str, str]]) -> str | None:
    """The <h1> that one of the other sources says as well; else the first that is near to one.

    A <title> alone does not make a heading the headline: it may begin with the site's name.
    """
    said = [text for source, text in claims if source != "title"] or [text for _, text in claims]
    for text in h1:
        if any(agree(text, s) for s in said):
            return text
    long = (text for text in h1 if count(text) >= 3)
    return next((t for t in long if any(_is_near(t, s) for _, s in claims)), None)


def _below_label(marked: Marked, claims: list[tuple[str, str]]) -> str | None:
    """The lesser heading right below an <h1> that only says what kind of page it is ("Agenda
    item"), where another source has it whole among other words."""
    for h1 in marked.h1[:_MOST_HEADINGS]:
        below = h1.getnext()
        if below is None or below.tag not in ("h2", "h3") or count(text_of(h1)) > 2:
            continue
        text = text_of(below)
        if count(text) > 2 and any(f" {norm(text)} " in f" {norm(s)} " for _, s in claims):
            return text
    return None


def agree(one: str, other: str) -> bool:
    """The same but for case, punctuation, and one being cut short."""
    a, b = norm(one), norm(other)
    return bool(a and b) and (a == b or (len(a) > 15 and (b.startswith(a) or a.startswith(b))))


def differ(one: str, other: str) -> bool:
    """Materially: neither says all that the other says."""
    a, b = set(norm(one).split()), set(norm(other).split())
    return not agree(one, other) and not a <= b and not b <= a


def _is_near(one: str, other: str) -> bool:
    """Do they have two words in common, and not too few of the shorter one's?"""
    a, b = ({w for w in norm(t).split() if len(w) > 3 and w not in _STOP} for t in (one, other))
    common = len(a & b)
    return common >= 2 and common >= _NEAR * min(len(a), len(b))


def without_site(title: str, publisher: str | None) -> str:
    """ "School praised | News | The Example" → "School praised"."""
    site = norm(publisher or "")
    before, colon, after = title.partition(": ")
    if colon and count(before) <= 4 and norm(before).replace(" ", "") in site.replace(" ", ""):
        title = after
    all_parts = _SEAM.split(title)
    parts = list(all_parts)
    seams = _SEAM.findall(title)
    while len(parts) > 1 and _is_front(parts, site):
        parts.pop(0)
        seams.pop(0)
    while len(parts) > 1:
        last = norm(parts[-1])
        if not (seams[-1].strip() in _BARS or (site and (last in site or site in last))):
            break
        if count(parts[-1]) > 7:
            break
        parts.pop()
        seams.pop()
    if not seams and _SECTION.fullmatch(parts[0]):  # "News | School praised | The Example"
        return max(all_parts, key=count)
    text = parts[0]
    for seam, part in zip(seams, parts[1:], strict=True):
        text += seam + part
    return text


def _is_front(parts: list[str], site: str) -> bool:
    """Is the first part none of the headline, as in "The Example | News | School praised"?"""
    if _SECTION.fullmatch(parts[0]):
        return norm(parts[1]) != site
    return norm(parts[0]) == site and count(" ".join(parts[1:])) > 2
