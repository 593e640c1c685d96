"""One story in a terminal: `show`, and the chain of reasons behind it (`derive --explain`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import terminal
from pipeline.archive import open_archive, reading
from pipeline.summary import counted, day, days, shortened

Row = Mapping[str, Any]

_MARK = ("\x1b[1;33m", "\x1b[0m")  # bold yellow, on a terminal
_ASKED = 12  #: recommendations that stand above a story
_TOLD = 3  #: words that are told of each kind of care
_CARE = (("child", "name a child"), ("restriction", "be under a reporting restriction"))
_PLAIN = ("⟦", "⟧")  # elsewhere; no newspaper uses these


def print_story(db: Path, url: str, *, as_json: bool) -> None:
    """Everything about one story, evidence marked in its text. Raises WatchError if unknown."""
    story = _story(db, url)
    if as_json:
        print(json.dumps(story, ensure_ascii=False))
        return
    _head(story)
    print(marked(story["text"], spans(story), _MARK if sys.stdout.isatty() else _PLAIN))
    print()
    for line in tag_lines(story):
        print(terminal.printable(line))
    removed = story["removed"]
    if removed:
        print(f"\nCut from the page ({counted(len(removed), 'thing', 'things')}):")
        for thing in removed:
            what = shortened(" ".join(thing["text"].split()), 90)
            print(terminal.printable(f"  {thing['kind']}: {what}  [rule {thing['rule']}]"))


def print_explanation(db: Path, url: str) -> None:
    """From the page to each tag: what came in, which rules cut, why it is a report, who says so."""
    story = _story(db, url)
    _head(story)
    page = story["page"]
    if page:
        print(f"Page: {page['content_type']}, {page['bytes']} bytes, fetched {page['fetched_at']} "
              f"from {terminal.printable(page['final_url'])}")  # fmt: skip
    for feed in story["feeds"]:
        print(f"Announced by: {terminal.printable(feed['source'])}, seen {feed['first_seen_at']}")
    for made in story["ledger"]:
        print(f"{made['stage']}: made {made['made_at']} by rules {made['made_by']} "
              f"from input {made['made_from'][:12]}")  # fmt: skip
    rules: dict[str, int] = {}
    for thing in story["removed"]:
        rules[f"{thing['rule']} ({thing['kind']})"] = 1 + rules.get(
            f"{thing['rule']} ({thing['kind']})", 0
        )
    print(
        "Cleaning rules that cut: " + (", ".join(f"{r} ×{n}" for r, n in rules.items()) or "none")
    )
    print("Why it is, or is not, a report: " + terminal.printable("; ".join(story["reasons"])))
    for line in tag_lines(story):
        print(terminal.printable(line))


def _story(db: Path, url: str) -> Row:
    with open_archive(db, readonly=True) as archive:
        return reading.show(archive, url)


def _head(story: Row) -> None:
    print(terminal.printable(story["headline"] or "(no headline)"))
    about = (
        story["publisher"],
        "; ".join(story["byline"] + story["news_agencies"]),
        day(story["published_at"]),
        story["url"],
    )
    print(terminal.printable(" · ".join(x for x in about if x)))
    for other in story["aliases"]:
        print(terminal.printable(f"Also at {other['url']}"))
    report = {True: "reports an inspection", False: "reports no inspection", None: "not tagged yet"}
    kind = f" ({story['inspection_type']})" if story["inspection_type"] else ""
    print(f"{report[story['is_report']]}{kind}; access: {story['access']}")
    for label, key in (("Inspected by", "inspectorates"), ("Inspected", "bodies")):
        names = [x["name"] + (f" ({x['code']})" if x["code"] else "") for x in story[key]]
        if names:
            print(terminal.printable(f"{label}: {'; '.join(names)}"))
    for line in (*care(story), *particulars(story)):
        print(terminal.printable(line))
    for said in story["responses"]:
        quote = shortened(said["quote"], 90)
        print(terminal.printable(f"Answered: {answered(said)}: “{quote}”"))
    for link in story["links"]:
        if link.get("official"):
            print(terminal.printable(f"Official page: {link['text']} <{link['url']}>"))
    for said in story["disagreements"]:
        what = f"{said['field']} by {said['source']}: {shortened(said['value'], 90)}"
        print(terminal.printable(f"Says otherwise: {what}"))
    print()


def spans(story: Row) -> list[tuple[int, int]]:
    """The places of all evidence, overlapping ones merged, in order."""
    keys = ("judgements", "findings", "actions", "statistics", "mentions", "responses",
            "details")  # fmt: skip
    places = sorted((tag["start"], tag["end"]) for key in keys for tag in story[key])
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked(text: str, places: list[tuple[int, int]], mark: tuple[str, str]) -> str:
    """The text with marks round the places; control characters of the text are made harmless."""
    parts, at = [], 0
    for start, end in places:
        parts += [terminal.printable(text[at:start]), mark[0],
                  terminal.printable(text[start:end]), mark[1]]  # fmt: skip
        at = end
    return "".join(parts) + terminal.printable(text[at:])


def tag_lines(story: Row) -> list[str]:
    """One line a tag: place, what it says, the words, the rule."""
    lines = []
    for m in story["mentions"]:
        lines.append(_line(m, f"{m['role']}: {m['name']} [{m['id']}], {m['confidence']}"))
    for j in story["judgements"]:
        scale = f" ({j['rank']} of {j['scale']})" if j["rank"] and j["scale"] else ""
        turn = f", {j['direction']}" if j["direction"] else ""
        what = f"{j['aspect']}: {j['grade']}{scale}, {j['status']}{turn}"
        who = j["body"] or "body not known"
        lines.append(_line(j, f"judgement: {what}, {who}, {j['confidence']}"))
    for f in story["findings"]:
        lines.append(_line(f, f"{f['polarity']} ({f['speaker']})"))
    for a in story["actions"]:
        lines.append(_line(a, f"action: {a['kind']}, {a['status']}"))
    for s in story["statistics"]:
        of = f" of {s['of']}" if s["of"] else ""
        lines.append(_line(s, f"statistic: {s['value']}{of} {s['what'] or ''}".rstrip()))
    for r in story["responses"]:
        lines.append(_line(r, f"answer: {answered(r)}, {r['confidence']}"))
    for d in story["details"]:
        lines.append(_line(d, f"{d['kind'].replace('_', ' ')}: {shortened(d['value'], 60)}"))
    for t in story["themes"]:
        lines.append(_line({**t, "rule": ""}, f"theme: {t['name']}"))
    for p in story["places"]:
        lines.append(
            _line(
                {**p, "rule": ""}, f"place: {p['name']}" + (f" ({p['code']})" if p["code"] else "")
            )
        )
    return lines


def particulars(story: Row) -> list[str]:
    """When the inspection took place and who led it in a line; what must get better, one a line."""
    told: dict[str, list[str]] = {}
    for detail in story["details"]:
        told.setdefault(detail["kind"], []).append(detail["value"])
    first, last = (told.get(kind, [""])[0] for kind in ("inspected_from", "inspected_until"))
    parts = [days(first, last)] if first else []
    parts += [f"lead inspector {name}" for name in told.get("lead_inspector", [])]
    parts += [f"before that {days(day)}" for day in told.get("previous_inspection", [])[:1]]
    lines = [f"Inspected: {'; '.join(parts)}"] if parts else []
    asked = told.get("recommendation", [])
    lines += [f"To improve: {shortened(thing, 110)}" for thing in asked[:_ASKED]]
    more = len(asked) - _ASKED
    return lines + ([f"To improve: {more} more, among the tags below"] if more > 0 else [])


def care(story: Row) -> list[str]:
    """One line where words of the text ask for care before it is shown to others; else none."""
    told: dict[str, list[str]] = {}
    for one in story["cautions"]:
        told.setdefault(one["kind"], []).append(f"“{shortened(one['quote'], 60)}”")
    if not told:
        return []
    parts = [f"{what} ({', '.join(dict.fromkeys(told[kind][:_TOLD]))})"
             for kind, what in _CARE if kind in told]  # fmt: skip
    return [f"Take care before you show this to others: it may {' and '.join(parts)}."]


def answered(response: Row) -> str:
    """ "Jane Roe, headteacher, accepts": who answered, and how it is taken where that is told."""
    who = ", ".join(x for x in (response["name"], response["role"]) if x) or "the body itself"
    return f"{who}, {response['stance']}" if response["stance"] else who


def _line(tag: Row, says: str) -> str:
    rule = f"  [rule {tag['rule']}]" if tag["rule"] else ""
    return f"  {tag['start']}:{tag['end']}  {says}: “{shortened(tag['quote'], 110)}”{rule}"
