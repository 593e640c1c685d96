"""Datasette, 0.65 or 1.0, on one archive, in this process, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from pipeline.errors import ArchiveError, WatchError
from pipeline.publish import FOLDER, metadata, plugin, view_statements
from pipeline.publish.links import THINGS
from pipeline.publish.public import make_public_copy
from pipeline.publish.routes import LISTS

log = structlog.get_logger()

#: names that stand at the beginning of addresses of our pages
_TAKEN = frozenset((*LISTS, *THINGS))


def serve(
    db: Path, *, port: int = 8001, host: str = "127.0.0.1", public: bool = False,
    open_browser: bool = False, allow_hosts: Sequence[str] = (),
) -> None:  # fmt: skip
    """Serves `db` and nothing else (never its raw pages) and returns when it was told to end.

    `public` serves a copy without article text, made now, to whoever asks by whatever name; else
    only requests for this machine are answered: by number, as localhost, as `host`, or by one of
    `allow_hosts`. Port 0 takes a free one. Raises ArchiveError when `db` is missing or is not an
    archive, WatchError when the port is taken.
    """
    check(db)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(_listener(host, port))
        shown = stack.enter_context(_public_copy(db)) if public else db
        datasette = stack.enter_context(opened(shown, public=public, hosts=(host, *allow_hosts)))
        address = _address(host, listener.getsockname()[1])
        what = f"{db} without article text" if public else str(db)
        print(f"Serving {what} at {address} (Ctrl-C ends)", file=sys.stderr, flush=True)
        if open_browser:
            threading.Timer(0.5, webbrowser.open, (address,)).start()
        _run(datasette, listener)


def check(db: Path) -> None:
    """Raises ArchiveError unless `db` is an archive that was published, of a name to serve."""
    if not db.exists():
        raise ArchiveError("is not there yet: make it with `make demo` or `make run`", path=str(db))
    if db.stem.endswith("-pages"):
        raise ArchiveError("holds raw pages, which are never served", path=str(db))
    if set("?#%") & set(str(db)) or db.stem in _TAKEN or db.stem.startswith(("_", "-")):
        # SQLite takes the path for an address, and the name is part of our addresses.
        raise ArchiveError("cannot be served under that name: a name such as archive.db, in a"
                           " folder without ?, # and % in its path, can", path=str(db))  # fmt: skip
    try:
        with contextlib.closing(sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)) as c:
            there = {row[0] for row in c.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as e:
        raise ArchiveError(f"cannot be opened: {e}", path=str(db)) from e
    if not there >= set(view_statements()):
        raise ArchiveError("is not a finished archive: run `make run` on it first", path=str(db))
    if not there >= set(metadata.relations(public=True)):
        raise ArchiveError("was made by an older version; `derive` brings it up", path=str(db))


def build(db: Path, *, public: bool = False, hosts: Sequence[str] = ()) -> Datasette:
    """A Datasette for the archive, not yet started; its database is named as the file is.

    `hosts`: names beside localhost that it may be asked by; a public one by any.

    Where the folder cannot be written to, the file is opened as unchanging, because SQLite's
    write-ahead log needs a file beside it even for reading.
    """
    if not pm.is_registered(plugin):
        pm.register(plugin, name="inspection-watch")
        # Hooks add up: Datasette's own would still print every 404 with all local variables.
        pm.unregister(name="datasette.handle_exception")
    unchanging = not os.access(db.resolve().parent, os.W_OK)
    return Datasette(
        [] if unchanging else [str(db)],
        immutables=[str(db)] if unchanging else [],
        template_dir=str(FOLDER / "templates"),
        static_mounts=[("-/static-watch", str(FOLDER / "static"))],
        memory=False,
        **_told(db.stem, public=public, hosts=hosts),
    )


def _told(database: str, *, public: bool, hosts: Sequence[str]) -> dict[str, Any]:
    """Our words and options as arguments of whichever Datasette is installed."""
    sheets = ["watch.css", "drawings.css"]
    if metadata.is_datasette_1():
        sheets.append("datasette1.css")
    known = None if public else list(hosts)
    ours = {
        "plugins": {"inspection-watch": {"public": public, "hosts": known}},
        "extra_css_urls": [f"/-/static-watch/{sheet}" for sheet in sheets],
    }
    if metadata.is_datasette_1():
        words = metadata.metadata_1(database, public=public)
        return {"metadata": words, "config": {**metadata.config_1(database, public=public), **ours}}
    words = metadata.metadata(database, public=public)
    return {"metadata": {**words, **ours}, "settings": dict(metadata.SETTINGS)}


@contextlib.contextmanager
def opened(db: Path, *, public: bool = False, hosts: Sequence[str] = ()) -> Iterator[Datasette]:
    """A Datasette whose connections are closed in the end, and no `-wal` or `-shm` left behind."""
    datasette = build(db, public=public, hosts=hosts)
    try:
        yield datasette
    finally:
        _close(datasette)
        _tidy(db)


def _close(datasette: Datasette) -> None:
    if metadata.is_datasette_1():
        datasette.close()
        return
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()


def _tidy(db: Path) -> None:
    # The last connection that may write removes the write-ahead log; Datasette's may only read.
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(db)) as c:
        c.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextlib.contextmanager
def _public_copy(db: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="inspection-watch-"))
    try:
        copy = folder / db.name
        make_public_copy(db, copy)
        _tidy(db)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as e:
        listener.close()
        why = e.strerror or str(e)
        raise WatchError(
            f"cannot listen on {host} port {port}: {why}; choose another with --port"
        ) from e
    return listener


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def _run(datasette: Any, listener: socket.socket) -> None:
    config = uvicorn.Config(
        datasette.app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=5,
        server_header=False, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)
    # uvicorn raises the signal again once it has ended; to us, being told to end is no failure.
    before = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    log.info("server_ended")
