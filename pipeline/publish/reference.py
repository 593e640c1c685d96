"""What README says of pages, questions, tables and the states of a source, with their meanings."""

from __future__ import annotations

from html import escape
from typing import Any

from pipeline.publish import metadata


def schema_markdown() -> str:
    """Views first, because they are what most people want; then the tables that are listed.

    The columns of each are folded: twenty-odd tables of them bury what stands around.
    """
    described = metadata.described()
    parts = ["### Views", *_sections(described["views"]), "### Tables"]
    parts += _sections({n: t for n, t in described["tables"].items() if not t.get("hidden")})
    return "\n\n".join(parts) + "\n"


def states_markdown() -> str:
    """Every state of a source as a table: what it is called, what it means, what to do."""
    rows = [
        f"| `{name}` | {_cell(state['means'])} | {_cell(state['do'])} |"
        for name, state in metadata.described()["states"].items()
    ]
    return "\n".join(["| state | what it means | what to do |", "|---|---|---|", *rows])


def _sections(relations: dict[str, Any]) -> list[str]:
    return [_section(name, relation) for name, relation in relations.items()]


def folded(name: str, words: str, content: str) -> str:
    """Markdown that is shown when its line is clicked; GitHub wants the blank lines around it."""
    line = f"<code>{escape(name, quote=False)}</code>: {escape(words, quote=False)}"
    return f"<details>\n<summary>{line}</summary>\n\n{content}\n\n</details>"


def _section(name: str, relation: dict[str, Any]) -> str:
    rows = [f"| `{column}` | {_cell(words)} |" for column, words in relation["columns"].items()]
    table = "\n".join(["| column | what it holds |", "|---|---|", *rows])
    return folded(name, " ".join(relation["description"].split()), table)


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def pages_markdown() -> str:
    """Our own pages as a table: address, what is there, what its data holds."""
    rows = [
        f"| `{page['address']}` | {_cell(page['what'])} | {_cell(page['data'])} |"
        for page in metadata.described()["pages"]
    ]
    return "\n".join(["| address | what is there | as data |", "|---|---|---|", *rows])


def questions_markdown() -> str:
    """The questions under their headings, with what each tells."""
    groups = {
        heading: [f"- **{q['title']}** {_cell(q['description'])}" for q in queries.values()]
        for heading, queries in metadata.grouped_queries().items()
    }
    return "\n\n".join(f"*{heading}*\n\n" + "\n".join(lines) for heading, lines in groups.items())
