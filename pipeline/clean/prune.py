"""Cutting furniture out of the tree before the extractor sees it, and noting what stood there.

One walk decides by class, id and label; what holds much of the page's running text is protected,
whatever it is called, because a broad name on a wrapper must not cost the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.boxes import asking_boxes, boxes_with_fields
from pipeline.clean.captions import beside_pictures, is_credit, words_of
from pipeline.clean.lines import SENTENCES, is_prose, norm, plain_quotes, squeeze
from pipeline.clean.linked import linked_headlines
from pipeline.clean.markup import text_of
from pipeline.clean.names import in_words, names_of
from pipeline.clean.rules import Rule, RuleSet, wall_kind
from pipeline.clean.running import MOST_OF_PAGE, Running, SaidElsewhere
from pipeline.models import Removal

_NEVER_CUT = {"html", "body", "main", "h1", "article", "head", "title"}
_WORTHLESS = {"script", "style", "noscript", "template", "svg", "iframe", "object", "embed",
              "canvas", "button", "select", "input", "textarea", "nav", "dialog",
              "amp-ad", "amp-analytics", "amp-consent", "amp-embed", "amp-iframe", "amp-list",
              "amp-sidebar", "amp-social-share", "amp-sticky-ad", "amp-user-notification",
              "amp-video"}  # fmt: skip
_LABELS = {"h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "b", "dt", "a", "li"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)

_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}

_anchors = XPath(".//a[@href]")
#: the nearest pieces of text before an element: an advert's label may come between
_texts_before = XPath("preceding::text()[normalize-space()][position() <= 2]")


@dataclass
class Found:
    """What pruning met on its way: for the steps after it."""

    captions: list[str] = field(default_factory=list)
    alts: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)  #: normalised texts of links
    removed: list[Removal] = field(default_factory=list)
    walls: list[str] = field(default_factory=list)  #: their kinds, in elements that a rule cut
    walled: bool = False  #: the page declares a wall
    wall_words: list[str] = field(default_factory=list)  #: elsewhere on the page
    paragraphs: dict[HtmlElement, int] = field(default_factory=dict)  #: of running text: length
    decided: list[tuple[HtmlElement, Rule]] = field(default_factory=list)
    captioned: HtmlElement | None = None  #: in which the last caption stood
    pictured: set[HtmlElement] = field(default_factory=set)  #: captions that nothing marks
    gone: set[HtmlElement] = field(default_factory=set)  #: decided, with all that is inside
    kept: set[HtmlElement] = field(default_factory=set)  #: by a site's own record


def prune(
    tree: HtmlElement,
    rules: RuleSet,
    *,
    url: str = "",
    standfirst: HtmlElement | None = None,
    walled: bool = False,
) -> Found:
    """Cuts in place, the element of the standfirst too: it has a field of its own.

    `walled`: the page declares that its story is not free, so what it hides is not taken.

    First it is decided, then cut: a rule that would take much of the story piece by piece (every
    section "hidden" until a script opens it) is not applied to the page at all.
    """
    found = Found(walled=walled)
    _straighten(tree)
    running = Running(tree)
    found.paragraphs = running.sizes
    for box in boxes_with_fields(tree):
        if not running.protects(box):
            _decide(box, FIELDS, found)
    _drop_worthless(tree, running, found)
    kept = found.kept = {e for r in rules.keep for e in _selector(r.pattern)(tree)}
    found.pictured = beside_pictures(tree, rules)
    if standfirst is not None and not running.protects(standfirst):
        _decide(standfirst, STANDFIRST, found)
    _decide_by_rules(tree, rules, kept, running, found)
    for box, rule in asking_boxes(running.sizes, rules):
        if box not in kept and not running.protects(box):
            _decide(box, rule, found)
    for block in linked_headlines(tree, url):
        if block not in kept:
            _decide(block, LINKED, found)
    _carry_out(tree, rules, running, found)
    for element in kept:  # the extractor, too, judges by names
        for name in ("class", "id", "role"):
            element.attrib.pop(name, None)
    _note_links(tree, found)
    return found


def _decide_by_rules(
    tree: HtmlElement,
    rules: RuleSet,
    kept: set[HtmlElement],
    running: Running,
    found: Found,
) -> None:
    for rule in rules.selectors:
        for element in _selector(rule.pattern)(tree):
            _decide(element, rule, found)
    for element in tree.iter(etree.Element):
        if element.tag in _NEVER_CUT or element in found.gone or element in kept:
            continue
        _look_at(element, rules, running, found)


def _carry_out(tree: HtmlElement, rules: RuleSet, running: Running, found: Found) -> None:
    """Cuts what was decided, noting the captions and walls in it."""
    said_elsewhere = SaidElsewhere(tree)
    for element, rule in _without_greedy(found, running):
        if rule.kind == "repeat" and not said_elsewhere(element):
            continue
        if rule.kind == "caption":
            _keep_caption(element, found)
        elif rule is not HIDDEN:
            _note_wall(element, rules, found)
        _cut(element, rule, found)


def _look_at(element: HtmlElement, rules: RuleSet, running: Running, found: Found) -> None:
    if element.tag == "img":
        alt = element.get("alt")
        if alt and len(alt) > 15:
            found.alts.add(norm(alt))
        return
    rule = HIDDEN if _is_hidden(element) else None
    if rule is None and (element.tag == "figcaption"):
        rule = CAPTION
    if rule is None:
        names = names_of(element)
        rule = _named(names, rules) if names else None
    if rule is None and element in found.pictured:
        rule = BESIDE_PICTURE
    if rule is None:
        if element.tag in _LABELS:
            _decide_labelled(element, rules, running, found)
    elif (rule is HIDDEN and found.walled) or not running.protects(element):
        _decide(element, rule, found)
    elif rule is HIDDEN:
        _show(element)


def _decide(element: HtmlElement, rule: Rule, found: Found) -> None:
    if element not in found.gone:
        found.decided.append((element, rule))
        found.gone.update(element.iter())


def _without_greedy(found: Found, running: Running) -> Iterator[tuple[HtmlElement, Rule]]:
    taken: dict[str, int] = {}
    for element, rule in found.decided:
        taken[rule.id] = taken.get(rule.id, 0) + running.inside(element)
    most = MOST_OF_PAGE * running.total
    for element, rule in found.decided:
        walled = rule is HIDDEN and found.walled
        if walled or rule.how == "selector" or taken[rule.id] <= most:
            yield element, rule
        elif rule is HIDDEN:
            _show(element)


def _show(element: HtmlElement) -> None:
    """What is hidden until a script opens it is the story; the extractor would pass it over."""
    for name in ("style", "hidden", "aria-hidden"):
        element.attrib.pop(name, None)


def _note_wall(element: HtmlElement, rules: RuleSet, found: Found) -> None:
    """A wall is named in a heading or sentence of an element that is cut as a whole."""
    for text in element.itertext():
        if len(text) > 12 and (rule := rules.wall.find(plain_quotes(squeeze(text)))):
            found.walls.append(wall_kind(rule, text_of(element)))
            return


def _named(names: str, rules: RuleSet) -> Rule | None:
    known = rules.element.known
    if names not in known:
        if len(known) > 20_000:
            known.clear()
        known[names] = rules.element.find(in_words(names))
    return known[names]


@lru_cache(maxsize=256)
def _selector(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN.search(style):
        return True
    return "hidden" in element.attrib


def _keep_caption(element: HtmlElement, found: Found) -> None:
    text = words_of(element)
    parent = element.getparent()
    if found.captions and parent is found.captioned and is_credit(text):
        found.captions[-1] += f" {text}"  # whose picture it is, in an element of its own
    elif text and text not in found.captions:
        found.captions.append(text)
    found.captioned = parent


def _cut(element: HtmlElement, rule: Rule, found: Found) -> None:
    if element.getparent() is None:
        return
    text = text_of(element)
    if text:
        found.removed.append(Removal(rule=rule.id, kind=rule.kind, text=text))
    element.drop_tree()


def _decide_labelled(element: HtmlElement, rules: RuleSet, running: Running, found: Found) -> None:
    """A label ("Related stories") goes together with the links that follow it."""
    own = element.text
    if own is None or not 3 < len(own) < 80:
        return
    words = plain_quotes(squeeze(own))
    if wall := rules.wall.find(words):
        _decide_wall(element, wall, running, found)
    if element.tag in _HEADINGS and rules.box.find(words.rstrip(":")):
        _decide_box(element, rules, running, found)
        return
    rule = rules.label.find(words.rstrip(":"))
    if rule is None or norm(text_of(element)) != norm(own):
        return
    top = element
    parent = top.getparent()
    while (
        parent is not None and parent.tag not in _NEVER_CUT and norm(text_of(parent)) == norm(own)
    ):
        top, parent = parent, parent.getparent()
    following = top.getnext()
    lists = []
    while following is not None and _is_link_list(following) and not running.protects(following):
        lists.append(following)
        following = following.getnext()
    if lists:
        for part in (top, *lists):
            _decide(part, rule, found)
    elif parent is not None and parent.tag not in _NEVER_CUT and _is_link_list(parent):
        _decide(parent, rule, found)


def _decide_wall(element: HtmlElement, wall: Rule, running: Running, found: Found) -> None:
    """Directly below the story's last paragraph it is believed, and goes with its whole block.

    Elsewhere (a header, a pop-up that every page carries) its words are only noted.
    """
    block, parent = element, element.getparent()
    before = _paragraph_before(element, running)
    while parent is not None and parent.tag not in _NEVER_CUT and before not in parent.iter("p"):
        block, parent = parent, parent.getparent()
    if before is None or running.protects(block):
        found.wall_words.append(wall.kind)
        return
    found.walls.append(wall_kind(wall, text_of(block)))
    if block is not element:  # else it stands among the story's lines, which are looked at later
        _decide(block, wall, found)


def _paragraph_before(element: HtmlElement, running: Running) -> HtmlElement | None:
    """The paragraph of running text that the page prints right before an element, if it does."""
    for text in _texts_before(element):
        holder = text.getparent()
        if text.is_tail:
            holder = holder.getparent()
        while holder is not None and holder not in running.sizes:
            holder = holder.getparent()
        if holder is not None:
            return holder
    return None


def _decide_box(element: HtmlElement, rules: RuleSet, running: Running, found: Found) -> None:
    """A heading with what stands below it, up to the next heading or sentence."""
    following, parts = element.getnext(), []
    while following is not None and following.tag not in _HEADINGS:
        text = plain_quotes(text_of(following))
        told = is_prose(text) and not _all_furniture(text, rules)
        if told or running.protects(following) or not isinstance(following.tag, str):
            break
        parts.append(following)
        following = following.getnext()
    rule = rules.box.find(plain_quotes(text_of(element)).rstrip(":"))
    if parts and rule is not None:
        for part in (element, *parts):
            _decide(part, rule, found)


def _all_furniture(text: str, rules: RuleSet) -> bool:
    return all(rules.line.find(s) for s in SENTENCES.split(text))


def _is_link_list(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NEVER_CUT:
        return False
    anchors = [element] if element.tag == "a" else _anchors(element)
    linked = sum(len(text_of(a)) for a in anchors)
    return linked > 0 and linked >= 0.55 * len(text_of(element))


def _note_links(tree: HtmlElement, found: Found) -> None:
    """Texts that are links as a whole, also where several make up one paragraph."""
    for anchor in _anchors(tree):
        text = norm("".join(anchor.itertext()))
        if len(text) > 3:
            found.links.add(text)


def _drop_worthless(tree: HtmlElement, running: Running, found: Found) -> None:
    for element in list(tree.iter(*_WORTHLESS)):
        if element.getparent() is None:
            continue
        if element.tag in ("script", "style"):
            element.drop_tree()
        elif (element.tag == "template" and found.walled) or not running.protects(element):
            _cut(element, CONTROLS, found)
        else:  # a <nav> or <button> that was never closed holds the rest of the page
            element.tag = "div"


def _straighten(tree: HtmlElement) -> None:
    """Markup of older systems said in today's terms, which the extractor knows.

    A form around the whole page (ASP.NET), the letters of a whole story (FONT) and tables that lay
    out a page become plain blocks.
    """
    for form in tree.iter("form"):
        if form.find(".//h1") is not None or len(form.findall(".//p")) > 4:
            form.tag = "div"
    for font in tree.iter("font"):
        if font.find("br") is not None:
            font.tag = "div"
    for table in list(tree.iter("table")):
        if table.find(".//table") is not None or _lays_out(table):
            for part in table.iter("table", "tbody", "thead", "tr", "td", "th"):
                part.tag = "div"


def _lays_out(table: HtmlElement) -> bool:
    """A cell of many paragraphs or breaks, or one cell alone: no table of figures."""
    cells = table.findall(".//td")
    return len(cells) < 2 or any(
        len(c.findall(".//p")) > 3 or len(c.findall(".//br")) > 5 for c in cells
    )


def _builtin(id_: str, kind: str) -> Rule:
    return Rule(id_, kind, "element", "", "*", None, (), ())


#: parts of a page that are for working with it: menus, buttons, players
CONTROLS = _builtin("controls", "navigation")
HIDDEN = _builtin("hidden", "hidden")
STANDFIRST = _builtin("standfirst-element", "standfirst")
FIELDS = _builtin("box-with-fields", "newsletter")
LINKED = _builtin("linked-headline", "related")
CAPTION = _builtin("figcaption", "caption")
BESIDE_PICTURE = _builtin("beside-picture", "caption")
