"""What every drawing must be, whatever it is given."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

ALLOWED = {"figure", "figcaption", "svg", "title", "desc", "g", "a", "path", "circle", "rect",
           "text", "defs", "pattern", "ul", "li", "span", "p", "div", "table", "caption", "thead",
           "tbody", "tr", "th", "td"}  # fmt: skip


def parsed(markup: str) -> ET.Element:
    """The tree of well-formed markup that holds nothing a strict content policy forbids."""
    tree = ET.fromstring(f"<all>{markup}</all>")
    for e in tree.iter():
        assert e is tree or e.tag in ALLOWED, e.tag
        assert not [a for a in e.attrib if a == "style" or a.startswith("on")], e.attrib
        if e.tag == "a":
            assert re.match(r"https?://|[/?#]", e.attrib["href"], re.I), e.attrib["href"]
            assert name(e).strip(), "a link without a name"
        if e.tag == "svg" and e.get("aria-hidden") != "true":
            assert e.get("role") in ("img", "group")
            ids = {c.get("id"): c for c in e if c.tag in ("title", "desc")}
            assert ids[e.get("aria-labelledby")].text
            assert ids[e.get("aria-describedby")].text
    found = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(found) == len(set(found)), "an id twice"
    return tree


def name(link: ET.Element) -> str:
    """What a screen reader says of a link: its title in a drawing, else its text."""
    title = link.find("title")
    return (title.text or "") if title is not None else "".join(link.itertext())


def links(tree: ET.Element) -> list[tuple[str, str]]:
    """(name, address) of each link in the order of the keyboard."""
    return [(name(a), a.attrib["href"]) for a in tree.iter("a")]


def corners(e: ET.Element) -> list[tuple[float, float]]:
    """The points that a shape goes through (a circle's and a rectangle's box)."""
    at = {k: float(v) for k, v in e.attrib.items() if k in ("x", "y", "cx", "cy", "r")}
    if e.tag == "circle":
        return [(at["cx"] + d * at["r"], at["cy"] + d * at["r"]) for d in (-1, 1)]
    if e.tag == "rect":
        width, height = float(e.attrib["width"]), float(e.attrib["height"])
        return [(at.get("x", 0), at.get("y", 0)),
                (at.get("x", 0) + width, at.get("y", 0) + height)]  # fmt: skip
    if e.tag == "text":
        return [(at["x"], at["y"])]
    if e.tag == "path" and "h" not in e.attrib["d"].lower():
        numbers = [float(n) for n in re.findall(r"-?[0-9.]+", e.attrib["d"])]
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    return []


def outside(tree: ET.Element) -> list[tuple[float, float]]:
    """The corners that lie outside their drawing's view box; there should be none."""
    found = []
    for svg in tree.iter("svg"):
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        patterns = {id(e) for p in svg.iter("pattern") for e in p.iter()}
        for e in svg.iter():
            if id(e) not in patterns:
                found += [(x, y) for x, y in corners(e)
                          if not (-0.1 <= x <= width + 0.1
                                  and -0.1 <= y <= height + 0.1)]  # fmt: skip
    return found


def middle(e: ET.Element) -> tuple[float, float]:
    """Of the box of a mark."""
    xs, ys = zip(*corners(e), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


HOSTILE = ('<script>alert(1)</script>', '" onload="alert(1)', "' onmouseover='x", "]]>", "&amp;<b>",
           "</title></svg><img src=x onerror=alert(1)>", "\x00\x0b\ud800\uffff", "", " ",
           "\u202eabc")  # fmt: skip
