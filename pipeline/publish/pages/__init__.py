"""Our own pages: each module reads one kind of thing and returns a `Page` (see `listing.py`).

All is read through Datasette, so that its time limit holds for each query.
"""
