"""Real inspection reports: is the council that each is about found, by its GSS code?

Reads `reports/*/*.pdf` of EVAL_DATA: the text of the first page of each, as a story of the day that
its file is named by. What is right stands in `lists/ofsted-council-providers.csv`, by Ofsted's
number in the file's name.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.models import Story
from pipeline.tag.agencies import inspectorates_and_bodies, mentions
from pipeline.tag.gazetteer import gazetteer

_NAME = re.compile(r"(?P<urn>\d+)-.*?(?P<day>\d{4}-\d\d-\d\d)\.pdf$")


def first_page(path: Path) -> str:
    """The text of a PDF's first page, lines as printed; of its first two where that has none."""
    document = pdfium.PdfDocument(path)
    try:
        texts = [
            document[i].get_textpage().get_text_bounded() for i in range(min(2, len(document)))
        ]
    finally:
        document.close()
    text = texts[0] if len(texts[0].split()) > 20 else "\n".join(texts)
    return re.sub(r" *\r?\n", "\n", text)


def councils(path: Path, day: str) -> set[str]:
    """The GSS codes of the councils that the first page says were inspected."""
    story = Story(id=path.name, url=None, title=None, text=first_page(path), published_at=day)
    _, bodies = inspectorates_and_bodies(story, mentions(story))
    return {str(b.code) for b in bodies if b.kind == "council"}


def score(data: Path) -> tuple[int, int, list[str]]:
    """Right, all, and a line for each that is wrong. (0, 0, []) where there are no reports."""
    providers = data / "lists" / "ofsted-council-providers.csv"
    if not providers.is_file():
        return 0, 0, []
    codes = {r["urn"]: _current(r["la_code_new"]) for r in _rows(providers)}
    right, wrong = 0, []
    files = sorted((data / "reports").glob("*/*.pdf"))
    for path in files:
        named = _NAME.match(path.name)
        assert named is not None, path.name
        want = _as_of(codes[named["urn"]], date.fromisoformat(named["day"]))
        got = councils(path, named["day"])
        if got == {want}:
            right += 1
        else:
            wrong.append(f"{path.parent.name}/{path.name}: want {want}, got {sorted(got)}")
    return right, len(files), wrong


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def _as_of(code: str, day: date) -> str:
    """The code of the council of that day: Buckinghamshire's was another before April 2020."""
    record = next(r for r in gazetteer().all() if r.kind == "council" and r.code == code)
    if record.lives_on(day):
        return code
    before = [r for r in gazetteer().all() if record.id in r.successor and r.area == record.area]
    return str(before[0].code) if len(before) == 1 else code


def _current(code: str) -> str:
    """The code in force of an area that ONS recoded: where lists differ, ONS wins."""
    for r in gazetteer().all():
        if r.kind == "council" and code in r.identifiers.get("former-gss", "").split(";"):
            return str(r.code)
    return code
