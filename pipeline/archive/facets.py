"""What stories are found by: one narrow row for each value that a story has.

The rows follow from what cleaning and tagging wrote (`schema_serving.FACETS` says how), and are
renewed in the transaction that writes it. How many stories have a value is kept by triggers.
"""

from __future__ import annotations

from pipeline.archive import Archive
from pipeline.archive.schema_serving import FACETS

_WANTED = FACETS.format("id = :id", "article_id = :id")
_THERE = """
SELECT v.facet, v.value, v.id
FROM story_facets AS s JOIN facet_values AS v ON v.id = s.facet_value_id
WHERE s.article_id = ?
"""


def renew(archive: Archive, article_id: int) -> None:
    """Brings the facets of a story up to date, within the caller's transaction.

    Only what differs is written: a story that is tagged again mostly keeps all its rows.
    """
    db = archive.db.conn
    wanted = {(facet, value) for _, facet, value in db.execute(_WANTED, {"id": article_id})}
    there = {(facet, value): id_ for facet, value, id_ in db.execute(_THERE, (article_id,))}
    gone = [(article_id, id_) for pair, id_ in there.items() if pair not in wanted]
    new = sorted(wanted - there.keys())
    if gone:
        db.executemany("DELETE FROM story_facets WHERE article_id = ? AND facet_value_id = ?", gone)
    if new:
        db.executemany(
            "INSERT INTO facet_values (facet, value) VALUES (?, ?) ON CONFLICT DO NOTHING", new
        )
        db.executemany(
            "INSERT INTO story_facets (article_id, facet_value_id)"
            " SELECT ?, id FROM facet_values WHERE facet = ? AND value = ?",
            [(article_id, *pair) for pair in new],
        )
