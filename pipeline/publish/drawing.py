"""What maps and charts share: escaped words, safe addresses, marks of a grade, an SVG with a name.

All is plain SVG 1.1 in HTML: colours are classes of `static/drawings.css`, so a page needs neither
scripts nor style attributes. Names come from news stories and are never trusted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from markupsafe import Markup, escape

Level = Literal["best", "upper", "lower", "worst", "none"]

#: where a grade stands in its scale, in words, best first; the words of the legend
LEVELS: dict[Level, str] = {
    "best": "best grade of its scale",
    "upper": "better half, not the best",
    "lower": "worse half, not the worst",
    "worst": "worst grade of its scale",
    "none": "no grade reported",
}
#: corners of a mark about its middle, for a mark one wide; None: round. Shape repeats what colour
#: says, for those who see no colours (WCAG 2.2, criterion 1.4.1)
_SHAPES: dict[Level, tuple[tuple[float, float], ...] | None] = {
    "best": None,
    "upper": ((-0.46, -0.46), (0.46, -0.46), (0.46, 0.46), (-0.46, 0.46)),
    "lower": ((0, -0.56), (0.56, 0), (0, 0.56), (-0.56, 0)),
    "worst": ((0, -0.54), (0.56, 0.44), (-0.56, 0.44)),
    "none": None,
}
#: characters that XML 1.0 has no place for (section 2.2), and lone surrogates
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAGE = re.compile(r"https?://\w|[/#?]", re.IGNORECASE)


def words(text: str) -> Markup:
    """`text` escaped for HTML and XML, on one line."""
    return escape(_clean(text))


def named(text: str, otherwise: str = "", longest: int | None = None) -> str:
    """`text` on one line, not escaped yet, or other words where it says nothing.

    Every link and picture needs a name. More than `longest` characters end in an ellipsis.
    """
    name = _clean(text) or _clean(otherwise) or "unnamed"
    if longest is not None and len(name) > longest:
        name = name[: longest - 1].rstrip() + "…"
    return name


def _clean(text: str) -> str:
    return " ".join(_NOT_XML.sub(" ", text).split())


def address(link: str | None) -> str | None:
    """`link` if it leads to a page: from the root, the page or the query on, or http(s).

    None for scripts, mail and all else.
    """
    clean = _NOT_XML.sub("", link or "").strip()
    return clean if _PAGE.match(clean) else None


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(tag: str, content: Markup | str = "", **attributes: str | float | None) -> Markup:
    """`<tag …>content</tag>`; an underscore in a name becomes a hyphen, `class_` is `class`.

    Attributes that are None are left out; `content` that is no Markup is escaped.
    """
    given = Markup("").join(
        Markup(' {}="{}"').format(
            Markup(name.strip("_").replace("_", "-")),
            words(value) if isinstance(value, str) else number(value),
        )
        for name, value in attributes.items()
        if value is not None
    )
    if content:
        inside = content if isinstance(content, Markup) else words(content)
        return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), given, inside)
    return Markup("<{}{}/>").format(Markup(tag), given)


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def linked(content: Markup, *, label: str, link: str | None, class_: str | None = None) -> Markup:
    """A part of a drawing with its name, and where it leads, if to a page."""
    inside = element("title", named(label)) + content
    href = address(link)
    if href is None:
        return element("g", inside, class_=class_)
    return element("a", inside, href=href, class_=class_)


def canvas(
    content: Markup, *, size: tuple[float, float], title: str, description: str,
    class_: str, links: bool, key: str = "",
) -> Markup:  # fmt: skip
    """An SVG of `size` units with its name and description, which screen readers say.

    One without links is a picture; one with links is a group, whose links are reached one by one.
    `key` keeps the ids of two drawings of one title apart.
    """
    name = identifier(class_, title, key)
    inside = (
        element("title", named(title, "Drawing"), id=f"{name}-title")
        + element("desc", named(description, title or "Drawing"), id=f"{name}-desc")
        + content
    )
    return element(
        "svg", inside, class_=class_, viewBox=f"0 0 {number(size[0])} {number(size[1])}",
        role="group" if links else "img",
        aria_labelledby=f"{name}-title", aria_describedby=f"{name}-desc",
    )  # fmt: skip


def identifier(*parts: str) -> str:
    """An id for use within a page, the same for the same parts."""
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return "drawing-" + hashlib.sha256(content).hexdigest()[:8]


def mark(level: Level, x: float, y: float, size: float) -> Markup:
    """The sign of a level about a point: its shape and its class."""
    class_ = f"mark mark-{level}"
    corners = _SHAPES[level]
    if corners is None:
        radius = size * (0.5 if level == "best" else 0.42)
        return element("circle", class_=class_, cx=x, cy=y, r=radius)
    return element(
        "path", class_=class_, d=path([(x + size * a, y + size * b) for a, b in corners])
    )


def path(corners: Sequence[tuple[float, float]], close: bool = True) -> str:
    """The `d` of a line through points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + ("Z" if close else "")


def legend(levels_present: Collection[Level]) -> Markup:
    """What the marks mean, as an HTML list, best first; nothing where there are none."""
    items = [
        element("li", element("svg", mark(level, 12, 12, 18), class_="key", viewBox="0 0 24 24",
                              aria_hidden="true", focusable="false") + words(meaning))
        for level, meaning in LEVELS.items()
        if level in levels_present
    ]  # fmt: skip
    return element("ul", joined(items), class_="legend") if items else Markup("")


def nothing(sentence: str) -> Markup:
    """What stands in place of a picture of nothing."""
    return element("p", sentence, class_="empty")
