"""A site rule proposed from one page: what general rules cut, what stayed, what could be cut.

The proposal is a starting point for a person: elements that stand beside the story's paragraphs,
hold little of its text, and carry a class or id by which a rule can name them.
"""

from __future__ import annotations

import re
from collections import Counter

import yaml
from lxml.html import HtmlElement

from pipeline.clean import decode
from pipeline.clean.article import clean
from pipeline.clean.lines import count, is_prose, norm, squeeze
from pipeline.errors import CleanError
from pipeline.models import Article, Page
from pipeline.urls import host

_BLOCKS = ("div", "section", "aside", "ul", "ol", "p", "table", "blockquote", "header", "footer")
_USABLE = re.compile(r"^[A-Za-z][\w-]{2,40}$")
_GENERATED = re.compile(r"\d{3,}|^(?:css|sc|jsx|ssrcss)-|[A-Za-z]+__[A-Za-z]+-sc-")
_SHOWN = 12


def suggest(page: Page) -> str:
    """YAML for `knowledge/sites.yaml`: commented findings, then records to keep or delete.

    Raises CleanError when the page is no page at all; one without story text still gets a report.
    """
    tree = decode.parse(page).tree
    try:
        article, problem = clean(page), None
    except CleanError as e:
        article, problem = None, e.problem
    lines = [f"# {page.url or 'page without address'}"]
    if problem:
        lines.append(f"# not cleaned: {problem}")
    if article:
        lines += _findings(article)
    records = [_record(page, selector, text) for selector, text in _candidates(tree, article)]
    if not records:
        lines.append("# nothing more to cut was found on this page")
        return "\n".join(lines) + "\n"
    lines.append("# Records to try; delete what cuts the story.")
    return "\n".join(lines) + "\n" + yaml.safe_dump(records, sort_keys=False, allow_unicode=True)


def _findings(article: Article) -> list[str]:
    cut = Counter(f"{r.rule} ({r.kind})" for r in article.removed)
    lines = [f"# cut: {rule}, {n} x" for rule, n in cut.most_common(_SHOWN)]
    stayed = article.text.split("\n\n")
    lines.append(f"# stayed: {len(stayed)} paragraphs, {count(article.text)} words")
    doubtful = [p for p in stayed if not is_prose(p)]
    return lines + [f"# stayed, look at it: {p[:100]}" for p in doubtful[:_SHOWN]]


def _candidates(tree: HtmlElement, article: Article | None) -> list[tuple[str, str]]:
    """(selector, its text) of small named blocks whose words stayed in the text."""
    if article is None:
        return []
    stayed = {norm(p) for p in article.text.split("\n\n") if not is_prose(p)}
    whole = len(article.text)
    found: dict[str, str] = {}
    for element in tree.iter(*_BLOCKS):
        selector = _selector(element)
        if selector is None or selector in found:
            continue
        text = squeeze(" ".join(element.itertext()))
        parts = {norm(t) for t in element.itertext()} | {norm(text)}
        if text and len(text) < 0.15 * whole and parts & stayed:
            found[selector] = text
    return list(found.items())[:_SHOWN]


def _selector(element: HtmlElement) -> str | None:
    """By id or by the most telling class; None when only generated names are there."""
    id_ = element.get("id") or ""
    if _USABLE.match(id_) and not _GENERATED.search(id_):
        return f"#{id_}"
    names = [c for c in (element.get("class") or "").split() if _USABLE.match(c)]
    names = [c for c in names if not _GENERATED.search(c)]
    return f"{element.tag}.{max(names, key=len)}" if names else None


def _record(page: Page, selector: str, text: str) -> dict[str, object]:
    site = host(page.url).removeprefix("www.") or "site.example"
    slug = re.sub(r"\W+", "-", selector).strip("-").lower()
    return {
        "id": f"{site}-{slug}",
        "host": site,
        "kind": "related",
        "how": "selector",
        "pattern": selector,
        "examples": [text[:120]],
    }
