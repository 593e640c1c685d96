from __future__ import annotations
from pipeline.models import Page
def suggest(page: Page) -> str:
    return ""
