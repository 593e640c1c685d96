"""The schema for people to read in README, and the states of a source, with their meanings."""

from __future__ import annotations

from typing import Any

from pipeline.publish import metadata


def schema_markdown() -> str:
    """Views first, because they are what most people want; then the tables that are listed."""
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


def _section(name: str, relation: dict[str, Any]) -> str:
    rows = [f"| `{column}` | {_cell(words)} |" for column, words in relation["columns"].items()]
    head = f"#### `{name}`\n\n{_cell(relation['description'])}"
    return "\n".join([head, "", "| column | what it holds |", "|---|---|", *rows])


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
