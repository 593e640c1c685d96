"""Text that stands in blocks without paragraphs of its own, made paragraphs of.

Older systems divide a story by line breaks, newer ones by blocks without a meaning; the extractor
passes over such text where it finds paragraphs elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.lines import count, is_prose, squeeze

_LEAST = 25  #: characters from which bare text is looked at
_PARAGRAPH = 80  #: characters of a paragraph of running text
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt",
     "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
     "iframe", "li", "main", "nav", "ol", "p", "pre", "section", "table", "ul")
)  # fmt: skip
_bare = XPath(
    "descendant-or-self::*[self::div or self::section or self::article or self::main]"
    f"[text()[string-length(normalize-space(.)) >= {_LEAST}]]"
)


def make_paragraphs(story: HtmlElement) -> None:
    """In place: everywhere, if most of the text stands bare, else beside paragraphs only."""
    blocks = _bare(story)
    if not blocks:
        return
    paragraphs = [p for p in story.iter("p") if len(_text(p)) >= _PARAGRAPH]
    bare = sum(_bare_length(block) for block in blocks)
    if bare > sum(len(_text(p)) for p in paragraphs):
        for block in blocks:
            _wrap(block)
        for heading in _headings(story, blocks):
            heading.tag = "p"
        return
    around = [p.getparent() for p in paragraphs]
    for block in blocks:
        beside = block is not story and around.count(block.getparent()) > 1
        if beside and _is_leaf(block) and is_prose(_text(block)):
            block.tag = "p"


def _headings(story: HtmlElement, blocks: list[HtmlElement]) -> Iterator[HtmlElement]:
    """Blocks of a few words between those that became paragraphs."""
    made = {block.getparent() for block in blocks if block is not story}
    for parent in made:
        for block in parent.iterchildren("div"):
            words = count(_text(block))
            if 1 < words <= 12 and _is_leaf(block) and next(block.iter("a"), None) is None:
                yield block


def _bare_length(block: HtmlElement) -> int:
    return sum(len(squeeze(t)) for t in (block.text, *(c.tail for c in block)) if t)


def _is_leaf(block: HtmlElement) -> bool:
    return not any(_holds_block(child) for child in block)


def _holds_block(child: HtmlElement) -> bool:
    if not isinstance(child.tag, str):
        return False
    return child.tag in _BLOCKS or next(child.iter(*_BLOCKS), None) is not None


def _wrap(block: HtmlElement) -> None:
    """Each run of text and inline elements between two blocks becomes a paragraph."""
    paragraph = block.makeelement("p")
    paragraph.text, block.text = block.text, None
    block.insert(0, paragraph)
    for child in list(block)[1:]:
        if not _holds_block(child):
            paragraph.append(child)  # with its tail
            continue
        paragraph = block.makeelement("p")
        paragraph.text, child.tail = child.tail, None
        child.addnext(paragraph)
    for made in block.findall("./p"):
        if len(made) == 0 and not (made.text or "").strip():
            made.drop_tree()


def _text(element: HtmlElement) -> str:
    return squeeze("".join(element.itertext()))
