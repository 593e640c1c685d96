"""HTML (or a PDF) + rules → Article: the only place that knows HTML.

    page ─ decode.parse ─▶ tree ─ metadata.read ─▶ headline, dates, people…
                             │
                             └ prune.prune ─▶ without furniture ─ frame.find ─▶ its part
                              extract.lines ─▶ lines ─ residue.strip ─▶ the story

`clean` is pure: the same page and the same records make the same article. `read` tells as well what
of the page can be compared with others: its site's own text (`site`), the same story (`same`).
"""

from __future__ import annotations

from pipeline.clean.article import clean, read
from pipeline.clean.rules import fingerprint
from pipeline.clean.suggest import suggest

__all__ = ["clean", "fingerprint", "read", "suggest"]
