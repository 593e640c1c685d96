from __future__ import annotations
from pipeline.models import Article, Entry, Page
def is_pdf(page: Page) -> bool:
    return page.body[:1024].lstrip().startswith(b"%PDF-")
def article(page: Page, *, entry: Entry | None = None) -> Article:
    raise NotImplementedError
