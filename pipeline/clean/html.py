"""Small HTML → text: a feed's summary, a fragment, a title with entities."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "br", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr",
    "blockquote", "section", "article", "figure", "figcaption", "dd", "dt",
})  # fmt: skip
#: without what stands in them: nobody reads it, or (rt, rp) it repeats what it stands beside
_UNREAD = frozenset({"script", "style", "template", "noscript", "rt", "rp"})


def plain_text(html: str) -> str:
    """The text that a reader would see, one line a paragraph, entities decoded.

    Inline tags join what they stand between (`<b>O</b>fsted` is one word); scripts and styles go.
    """
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    if "://" in html and not re.search(r"[<\s]", html):  # an address, whose `&` are its own
        return html.strip()
    # Text straight from the parser's events: a tree takes ten times as long, and every summary
    # of every new story comes through here.
    try:
        parser, words = _idle.pop()
    except IndexError:
        words = _Words()
        parser = etree.HTMLParser(target=words, recover=True)
    parser.feed(f"<div>{html}</div>")
    parser.close()
    text = words.taken()
    _idle.append((parser, words))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Words:
    """What lxml tells of the tags and the text that it meets."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unread = 0  #: elements of `_UNREAD` that are open

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _UNREAD:
            self.unread += 1
        elif tag in _BLOCKS and not self.unread:
            self.pieces.append("\n")

    def end(self, tag: str) -> None:
        if tag in _UNREAD:
            self.unread -= 1
        elif tag in _BLOCKS and not self.unread:
            self.pieces.append("\n")

    def data(self, text: str) -> None:
        if not self.unread:
            self.pieces.append(text)

    def comment(self, _text: str) -> None:
        """No words of the story."""

    def pi(self, _target: str, _text: str | None = None) -> None:
        """Nor are instructions to programs."""

    def close(self) -> None:
        """lxml asks for it."""

    def taken(self) -> str:
        """What was said; from here on it is another text."""
        text = "".join(self.pieces)
        self.pieces.clear()
        self.unread = 0
        return text


#: parsers at rest: lxml studies the functions of a new one for three times as long as it reads a
#: summary. Whoever uses one has it alone, and one that failed does not come back.
_idle: list[tuple[Any, _Words]] = []
