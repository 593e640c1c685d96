"""Names for the fields of Datasette's own pages, and their headings in order.

Datasette's filters have no labels and its pages go from the first heading to the third; without a
name a screen reader says "edit, blank" (WCAG 2.2, criteria 1.3.1 and 4.1.2).
"""

from __future__ import annotations

import re

from markupsafe import Markup

#: what stands in Datasette's HTML → what stands there instead. Words of stories are escaped in it,
#: so no story can hold such a tag.
_MENDED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r'<select name="_filter_column', '<select aria-label="Column" name="_filter_column'),
        (r'<select name="_filter_op', '<select aria-label="How to compare" name="_filter_op'),
        (
            r'<input type="text" name="_filter_value',
            '<input type="text" aria-label="Value" name="_filter_value',
        ),
        (r'<select name="_sort"', '<select aria-label="Sort by" name="_sort"'),
        (r'<textarea id="sql-editor"', '<textarea aria-label="SQL" id="sql-editor"'),
        (r'<pre class="wrapped-sql"', '<pre tabindex="0" class="wrapped-sql"'),
        (r'class="cross">', 'class="cross" aria-label="Take this away">'),
        (r">…</a>", ' aria-label="All of its values">…</a>'),
        (r"<(/?)h3\b", r"<\1h2"),
    )
)


def labelled(html: str) -> Markup:
    """A part of a page of Datasette's with a name for each field and headings in order."""
    for pattern, instead in _MENDED:
        html = pattern.sub(instead, str(html))
    return Markup(html)
