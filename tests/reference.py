"""What README says of targets, commands and tables, rendered from the things themselves.

README's cog blocks call these; `make docs` renews them and `make check` fails when they are stale.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import click
import yaml

from pipeline.clean.rules import all_rules
from pipeline.cli import cli
from pipeline.knowledge import load_yaml
from pipeline.publish.reference import folded, pages_markdown, questions_markdown, schema_markdown
from pipeline.tag.gazetteer import gazetteer

ROOT = Path(__file__).parent.parent


def targets() -> str:
    """The make targets as a Markdown table, from the `## ` comments that `make help` prints."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rows = re.findall(r"^([a-z-]+):.*?## (.+)$", makefile, re.MULTILINE)
    lines = [f"| `make {name}` | {words} |" for name, words in rows]
    return "\n".join(["| target | does |", "|---|---|", *lines])


def tour() -> str:
    """The questions of the tour: who asks, the clicks in words, what comes, and its picture."""
    path = ROOT / "tests" / "browser" / "tour.yaml"
    parts = []
    for number, stop in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
        clicks = "; then ".join(click["say"] for click in stop["clicks"])
        words = f"**{number}. {stop['question']}** ({stop['asked_by']}) {clicks}. {stop['answer']}"
        parts.append(f"{words}\n\n![{stop['question']}](docs/{stop['picture']})")
    return "\n\n".join(parts)


def pages() -> str:
    """Our own pages, by address."""
    return pages_markdown()


def questions() -> str:
    """The questions under their headings."""
    return questions_markdown()


def leaves(group: click.Group = cli, prefix: str = "") -> list[tuple[str, click.Command]]:
    """Every command with its full name, those of groups included."""
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        full = f"{prefix}{name}"
        if isinstance(command, click.Group):
            found += leaves(command, f"{full} ")
        else:
            found.append((full, command))
    return found


def commands() -> str:
    """Every command with its help, as `--help` prints it at 90 columns, folded."""
    parts = []
    for name, command in leaves():
        context = click.Context(command, info_name=f"inspection-watch {name}", terminal_width=90)
        words = " ".join((command.help or "").split("\n\n")[0].split())
        parts.append(folded(name, words, f"```text\n{command.get_help(context)}\n```"))
    return "\n\n".join(parts)


def bodies() -> str:
    """How many bodies of each kind are known, those that ended apart, as a Markdown table."""
    kinds = Counter(r.kind for r in gazetteer().all())
    living = Counter(r.kind for r in gazetteer().all() if r.living)
    rows = [f"| {kind.replace('-', ' ')} | {living[kind]} | {number - living[kind]} |"
            for kind, number in kinds.most_common()]  # fmt: skip
    names = len({form.written for form in gazetteer().forms()})
    told = f"{len(gazetteer().all()):,} bodies under {names:,} names:"
    return "\n".join([told, "", "| kind | living | ended |", "|---|--:|--:|", *rows])


def faults() -> str:
    """What publishers do wrong and what happens then, a folded table a kind; from the tests."""
    path = ROOT / "tests" / "watch" / "faults.yaml"
    parts = []
    for kind, records in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        rows = [f"| {record['what']} | {record['happens']} |" for record in records.values()]
        table = "\n".join(["| What it does | What happens |", "|---|---|", *rows])
        line = f"{kind} ({len(rows)})"
        parts.append(f"<details>\n<summary>{line}</summary>\n\n{table}\n\n</details>")
    return "\n\n".join(parts)


def kinds() -> str:
    """The kinds of what is cut from a page, with how many general rules each has."""
    rules = Counter(rule.kind for rule in all_rules() if rule.host == "*")
    kinds = load_yaml("removals.yaml")["kinds"]
    rows = [f"| `{kind}` | {said} | {rules[kind] or ''} |" for kind, said in kinds.items()]
    return "\n".join(["| kind | what it is | rules |", "|---|---|--:|", *rows])


def schema() -> str:
    """Every table, view and column with its description."""
    return schema_markdown()
