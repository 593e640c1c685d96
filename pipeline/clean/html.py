"""Small HTML → text: a feed's summary, a fragment, a title with entities."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

_BLOCKS = (
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "section",
    "article",
    "figure",
    "figcaption",
    "hr",
    "dd",
    "dt",
)


def plain_text(html: str) -> str:
    """The text that a reader would see, one line a paragraph, entities decoded.

    Inline tags join what they stand between (`<b>O</b>fsted` is one word); scripts and styles go.
    """
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    if "://" in html and not re.search(r"[<\s]", html):  # an address: BeautifulSoup would warn
        return html.strip()
    soup = BeautifulSoup(f"<div>{html}</div>", "lxml")
    for element in soup(["script", "style", "template", "noscript"]):
        element.decompose()
    for element in soup(_BLOCKS):
        element.insert_before("\n")
        element.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return "\n".join(line for line in lines if line)
