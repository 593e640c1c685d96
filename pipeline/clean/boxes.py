"""Small boxes among a story's paragraphs that ask the reader for something.

They are told by one of their lines, or by the field to fill in, and go whole: no rule knows all
that may stand in them ("Stories like this take months"), and what they say of money, ratings or
reading more must not become the story's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.lines import count, plain_quotes, squeeze
from pipeline.clean.rules import Rule, RuleSet

_MOST = 300  #: characters of a box
_LONGEST = 160  #: characters of a line in it: what is longer is a paragraph
_ASKING = {"subscription", "registration", "newsletter", "support", "promo", "advert"}
_BOXES = {"div", "section", "aside", "center"}
_fields = XPath("//form[.//input or .//button][not(.//p[string-length() > 160])]")


def boxes_with_fields(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The blocks around a form, up to where more than the form's own few words stand."""
    for form in _fields(tree):
        box = form
        parent = box.getparent()
        while parent is not None and parent.tag in _BOXES and _is_small(parent):
            box, parent = parent, parent.getparent()
        if box is not form and next(box.iter("h1"), None) is None:
            yield box


def asking_boxes(
    paragraphs: Iterable[HtmlElement], rules: RuleSet
) -> Iterator[tuple[HtmlElement, Rule]]:
    """Boxes beside running paragraphs, with the rule that knows one of their lines."""
    around = dict.fromkeys(p.getparent() for p in paragraphs)
    for parent in around:
        if parent is None:
            continue
        for box in parent:
            if box.tag in _BOXES and _is_small(box) and (rule := _asks(box, rules)) is not None:
                yield box, rule


def _is_small(box: HtmlElement) -> bool:
    size = 0
    for text in box.itertext():
        size += len(text.strip())
        if size > _MOST:
            return False
    return True


def _asks(box: HtmlElement, rules: RuleSet) -> Rule | None:
    texts = [squeeze(text) for text in box.itertext()]
    if any(len(text) > _LONGEST for text in texts):
        return None
    for text in texts:
        rule = rules.line.find(plain_quotes(text)) if count(text) > 1 or text.isalpha() else None
        if rule is not None and rule.kind in _ASKING:
            return rule
    return None
