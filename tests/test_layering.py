"""The architecture as a test: who may import whom, and which library lives where.

It reads the imports of every module (also those inside functions) and fails with the sentence
that `design` states.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pipeline"

#: library → the only modules (or folders, with a slash) that may import it
OWNERS = {
    "aiohttp": ("watch/client.py",),
    "brotli": ("watch/encoding.py",),
    "protego": ("watch/robots.py",),
    "feedparser": ("watch/feeds.py",),
    "trafilatura": ("clean/",),
    "lxml": ("clean/",),
    "bs4": ("clean/",),
    "cssselect": ("clean/", "config.py"),
    "dateutil": ("watch/",),
    "courlan": ("urls.py",),
    "pypdfium2": ("clean/",),
    "sqlite3": ("archive/", "publish/"),
    "sqlite_utils": ("archive/", "publish/"),
    "zstandard": ("archive/", "watch/encoding.py"),
    "pyarrow": ("archive/export.py",),
    "warcio": ("archive/export.py",),
    "datasette": ("publish/",),
    "icalendar": ("publish/syndication.py",),
    "uvicorn": ("publish/",),
    "jinja2": ("publish/", "demo/"),
    "ahocorasick_rs": ("tag/",),
    "apscheduler": ("clock.py",),
    "click": ("cli.py",),
    "rich": ("terminal.py",),
    "listparser": ("sourcelist.py",),
}

#: pure modules: data in, data out; no network, no database, no terminal
PURE = ("clean/", "tag/", "watch/polling.py", "watch/feeds.py", "watch/health.py",
        "watch/identity.py", "watch/continuity.py", "watch/formats.py", "watch/splitting.py",
        "watch/sitemap.py", "watch/hints.py",
        "watch/jsonfeed.py", "watch/items.py", "watch/rhythm.py", "watch/silence.py",
        "watch/calendar.py", "watch/robots.py", "watch/encoding.py", "watch/guard.py",
        "watch/addresses.py", "watch/failures.py", "urls.py", "config.py", "models/", "errors.py",
        "words.py", "knowledge/__init__.py")  # fmt: skip
IMPURE_LIBRARIES = {"aiohttp", "requests", "httpx", "urllib.request", "http.client", "socket",
                    "sqlite3", "sqlite_utils", "click", "rich", "asyncio"}  # fmt: skip

#: folder or module → the parts of ours that it must not know
FORBIDDEN = {
    "models/": ("",),
    "errors.py": ("",),
    "config.py": ("watch", "clean", "tag", "archive", "publish", "derive", "cli", "demo"),
    "clean/": ("watch", "tag", "archive", "publish", "derive", "cli", "demo"),
    "tag/": ("watch", "clean", "archive", "publish", "derive", "cli", "demo"),
    "watch/": ("tag", "publish", "derive", "cli", "demo", "job"),
    "archive/": ("watch", "publish", "derive", "cli", "demo", "job"),
    "publish/": ("watch", "derive", "cli", "demo", "job"),
    "knowledge/": ("watch", "clean", "archive", "publish", "derive", "cli", "demo"),
}


@cache
def modules() -> tuple[str, ...]:
    return tuple(sorted(str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*.py")))


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All within a node, in order, but for expressions: they hold no import and no function."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from statements(child)


@cache
def imports(module: str) -> set[str]:
    """Dotted names that a module imports, `pipeline.x.y` for ours."""
    names: set[str] = set()
    for node in statements(tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import; the project writes them in full"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == p or (p.endswith("/") and module.startswith(p)) for p in places)


def test_each_library_stays_in_the_one_place_that_owns_it() -> None:
    strays = [
        f"{module} imports {name}"
        for module in modules()
        for name in imports(module)
        if not within(module, OWNERS.get(name.split(".")[0], (module,)))
    ]
    assert not strays


def test_pure_modules_do_no_io() -> None:
    strays = [
        f"{module} imports {name}"
        for module in modules()
        if within(module, PURE)
        for name in imports(module)
        if {name, name.split(".")[0]} & IMPURE_LIBRARIES
    ]
    assert not strays


@pytest.mark.parametrize("place", FORBIDDEN)
def test_data_flows_one_way(place: str) -> None:
    own = place.rstrip("/")
    strays = [
        f"{module} imports {name}"
        for module in modules()
        if within(module, (place,))
        for name in imports(module)
        if name.startswith("pipeline.") and (part := name.split(".")[1]) != own
        if part in FORBIDDEN[place] or "" in FORBIDDEN[place]
    ]
    assert not strays


def test_the_rules_name_places_that_exist() -> None:
    known = modules()
    places = [p for owners in OWNERS.values() for p in owners] + list(PURE) + list(FORBIDDEN)
    gone = [p for p in places if not any(within(m, (p,)) for m in known)]
    assert not gone


def test_no_module_outgrows_a_screenful_of_concepts() -> None:
    lines = {m: (PACKAGE / m).read_text(encoding="utf-8").count("\n") for m in modules()}
    assert not {m: n for m, n in lines.items() if n > 400}, "a concept is missing"


def functions(module: str) -> Iterator[tuple[str, int]]:
    """Each function with its lines, decorators and docstring included."""
    for node in statements(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min(n.lineno for n in (node, *node.decorator_list))
            yield node.name, (node.end_lineno or 0) - first + 1


def test_no_function_is_longer_than_a_screen() -> None:
    lines = [(f"{m} {name}", n) for m in modules() for name, n in functions(m)]
    assert not [(name, n) for name, n in lines if n > 45]
