"""Datasette's own CSV, its cells such that no spreadsheet takes one for a formula.

Datasette writes what a newspaper wrote; our pages write their CSV themselves (`outputs.py`).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import MutableMapping
from typing import Any

from pipeline.publish.guard import App, Scope, Send
from pipeline.publish.limits import OWN
from pipeline.words import spreadsheet_cell


def harmless_csv(app: App) -> App:
    """`app` (ASGI), where answers at addresses that end with `.csv` have harmless cells.

    An answer is passed on as it comes, record by record; nothing is held back for long.
    """

    # Of the whole process, as the csv module has it; no value of the archive can be longer.
    csv.field_size_limit(2 * OWN.value)

    async def harmless(scope: Scope, receive: Any, send: Send) -> None:
        is_csv = scope["type"] == "http" and str(scope["path"]).endswith(".csv")
        await app(scope, receive, _rewritten(send) if is_csv else send)

    return harmless


def _rewritten(send: Send) -> Send:
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    waiting, is_table = "", False

    async def rewrite(event: MutableMapping[str, Any]) -> None:
        nonlocal waiting, is_table
        if event["type"] == "http.response.start":
            is_table = event["status"] == 200
            kept = [(n, v) for n, v in event.get("headers", []) if n.lower() != b"content-length"]
            event = {**event, "headers": kept} if is_table else event
        elif is_table:
            last = not event.get("more_body")
            waiting += decode(event.get("body", b""), last)
            # Quotation marks are paired outside a cell: only there does a line's end end a record.
            whole = last or (waiting.endswith("\n") and waiting.count('"') % 2 == 0)
            event = {**event, "body": _cells(waiting).encode() if whole else b""}
            waiting = "" if whole else waiting
        await send(event)

    return rewrite


def _cells(records: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(records, newline="")):
        writer.writerow(spreadsheet_cell(cell) for cell in row)
    return out.getvalue()
