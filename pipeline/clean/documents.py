"""The text of a PDF report: paragraphs joined, running headers and footers dropped.

pypdfium2 gives lines as printed. A paragraph ends where a line is clearly shorter than its
page's lines and finishes a sentence, before a bullet, and around a heading; a hyphen at a line's
end is dropped when the word goes on in lower case.
"""

from __future__ import annotations

import re
from collections import Counter

import pypdfium2 as pdfium

from pipeline.clean.dates import first_day, iso
from pipeline.clean.lines import count, is_finished, norm, squeeze
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Page, Removal

_PAGE_NUMBER = re.compile(r"^(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$", re.I)
_BULLET = re.compile(r"^(?:[•▪●◼■\-–*\uf0b7\u2022]|\(?[a-z0-9]{1,2}[.)])\s+", re.I)
_EDGE = 3  #: lines at the top and the bottom of a page that may be running headers
_DULL_TITLE = re.compile(
    r"^(?:microsoft word\b.*|untitled.*|.*\.(?:docx?|pdf|indd)|document\d*|.*\btemplate\b.*"
    r"|.*\b(?:draft|final|ready for|pre-?publication|v\d+)\b.*)$", re.I)  # fmt: skip
_SUBJECT = re.compile(r"\b(?:inspection|report|visit|review|assessment|findings)\b", re.I)
_PDF_DATE = re.compile(r"^D:(\d{4})(\d\d)(\d\d)")
LEAST_WORDS = 20


def is_pdf(page: Page) -> bool:
    """By what the file starts with; the header's word counts only if the bytes do not object."""
    start = page.body[:1024].lstrip()
    return start.startswith(b"%PDF-") or (
        "application/pdf" in page.content_type.lower() and b"<" not in start[:64]
    )


def article(page: Page, *, entry: Entry | None = None) -> Article:
    """The document as an Article. Raises CleanError when it is encrypted, broken or has no text."""
    pages, about = _read(page)
    kept, running = _without_running_lines(pages)
    paragraphs = [p for lines in kept for p in _paragraphs(lines)]
    paragraphs = _over_page_breaks(paragraphs)
    text = "\n\n".join(paragraphs)
    if count(text) < LEAST_WORDS:
        reason = f"no text in the PDF ({count(text)} words); it may be a scan"
        raise CleanError(reason, url=page.url)
    return Article(
        url=page.url,
        headline=_headline(about, paragraphs, entry),
        standfirst=None,
        byline=(),
        published_at=first_day("\n".join(paragraphs[:12]))
        or (iso(entry.published_at) if entry else None)
        or _pdf_day(about.get("CreationDate", "")),
        modified_at=None,
        publisher=None,
        section=None,
        language=None,
        access="open",
        text=text,
        captions=(),
        links=(),
        removed=running,
        news_agencies=(),
        canonical_url=None,
        image=None,
        disagreements=(),
    )


def _read(page: Page) -> tuple[list[list[str]], dict[str, str]]:
    """(lines of each page, the document's own metadata)."""
    try:
        document = pdfium.PdfDocument(page.body)
    except pdfium.PdfiumError as e:
        locked = "password" in str(e).lower()
        what = "is locked with a password" if locked else "is broken and cannot be read"
        raise CleanError(f"the PDF {what}", url=page.url) from e
    try:
        pages = [_page_lines(document, i) for i in range(len(document))]
        return pages, dict(document.get_metadata_dict())
    except pdfium.PdfiumError as e:
        raise CleanError("the PDF is broken and cannot be read", url=page.url) from e
    finally:
        document.close()


def _page_lines(document: pdfium.PdfDocument, index: int) -> list[str]:
    page = document[index]
    text_page = page.get_textpage()
    text: str = text_page.get_text_bounded()
    text_page.close()
    page.close()
    # U+FFFE is how pdfium marks a hyphen that the typesetter put at a line's end
    text = re.sub(r"[\ufffe\u0002]\r?\n?", "", text)
    lines = (squeeze(line) for line in text.splitlines())
    return [line for line in lines if line]


def _without_running_lines(
    pages: list[list[str]],
) -> tuple[list[list[str]], tuple[Removal, ...]]:
    """Cuts page numbers, and lines that recur at the edges of a third of the pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(x) for x in (*lines[:_EDGE], *lines[-_EDGE:])})
    often = {s for s, n in seen.items() if s and n >= max(2, len(pages) / 3)}
    removed: dict[str, Removal] = {}
    kept = []
    for lines in pages:
        rest = []
        for i, line in enumerate(lines):
            edge = i < _EDGE or i >= len(lines) - _EDGE
            if edge and (_PAGE_NUMBER.match(line) or (len(pages) > 1 and _shape(line) in often)):
                if not _PAGE_NUMBER.match(line):
                    removed[_shape(line)] = Removal(
                        rule="pdf-running-line", kind="navigation", text=line
                    )
            else:
                rest.append(line)
        kept.append(rest)
    return kept, tuple(removed.values())


def _shape(line: str) -> str:
    """A running header differs from page to page in its number only."""
    return re.sub(r"\d+", "#", norm(line))


def _paragraphs(lines: list[str]) -> list[str]:
    width = sorted(len(x) for x in lines)[int(len(lines) * 0.8)] if lines else 0
    done: list[str] = []
    current = ""
    for line in lines:
        bullet = _BULLET.match(line)
        if bullet and current:
            done.append(current)
            current = ""
        current = _joined(current, "- " + line[bullet.end() :] if bullet else line)
        # only the last line of a paragraph is far from the margin; headings and addresses all are
        short = len(line) < 0.75 * width
        if len(line) < 0.6 * width or (
            short and (is_finished(line) or _is_heading(current, width))
        ):
            done.append(current)
            current = ""
    if current:
        done.append(current)
    return done


def _is_heading(text: str, width: int) -> bool:
    return len(text) < 0.75 * width and count(text) <= 12 and text[0].isupper()


def _joined(current: str, line: str) -> str:
    if not current:
        return line
    if current.endswith("-") and line[:1].islower() and current[-2:-1].isalpha():
        return current[:-1] + line
    return f"{current} {line}"


def _over_page_breaks(paragraphs: list[str]) -> list[str]:
    """A paragraph that goes on over the page goes on here as well."""
    joined: list[str] = []
    for text in paragraphs:
        before = joined[-1] if joined else ""
        if before and text[:1].islower() and not is_finished(before):
            joined[-1] = _joined(before, text)
        else:
            joined.append(text)
    return joined


def _headline(about: dict[str, str], paragraphs: list[str], entry: Entry | None) -> str | None:
    """The document's own title unless a program made it up, the feed's, the first heading."""
    title = squeeze(about.get("Title", ""))
    if count(title) >= 3 and not _DULL_TITLE.match(title):
        return title
    if entry and entry.headline:
        return entry.headline
    near = [p for p in paragraphs[:25] if 3 <= count(p) <= 25 and not is_finished(p)]
    near = [p for p in near if p[0].isupper() and not iso(p) and "," not in p[-12:]]
    return next((p for p in near if _SUBJECT.search(p)), near[0] if near else None)


def _pdf_day(text: str) -> str | None:
    m = _PDF_DATE.match(text)
    return iso("-".join(m.groups())) if m else None
