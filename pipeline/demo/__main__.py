"""`python -m pipeline.demo`: the whole job once, over real HTTP, on the bundled newsroom."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from pipeline import config, job, terminal
from pipeline.archive import open_archive
from pipeline.demo import found
from pipeline.demo.server import LOOPBACK, newsroom
from pipeline.errors import WatchError

DB = "db/demo.db"
SOURCES = Path(__file__).parent / "sources.yaml"


def main(argv: list[str] | None = None) -> int:
    """Exit 0 although some publishers fail (they are there for that), 1 when the job itself did."""
    options = _options().parse_args(argv)
    terminal.configure_logging(options.verbose)
    try:
        return _serve(options.port) if options.newsroom_only else _run(options.db, options.port)
    except WatchError as e:
        terminal.say(f"Error: {e}")
        return e.exit_code
    except OSError as e:
        terminal.say(f"Error: the newsroom cannot open port {options.port}: {e.strerror}")
        return 1
    except KeyboardInterrupt:
        terminal.say("Stopped.")
        return 130


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.demo",
        description="Run the whole job once on a newsroom of invented papers, on this machine.",
    )
    parser.add_argument("--db", default=DB, type=Path, help=f"the archive to fill ({DB})")
    parser.add_argument(
        "--newsroom-only", action="store_true", help="only serve its pages, for a browser"
    )
    parser.add_argument("--port", default=0, type=int, help="the newsroom's port (any free one)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say what is done")
    return parser


def _serve(port: int) -> int:
    with newsroom(port) as room:
        terminal.say(f"The newsroom is at http://{LOOPBACK}:{room.port}/ until Ctrl-C.")
        with suppress(KeyboardInterrupt):  # the way to end it
            room.wait()
    return 0


def _run(db: Path, port: int) -> int:
    settings = config.load(SOURCES)
    with newsroom(port) as room, job.stopping() as stop, terminal.progress() as progress:
        terminal.say(
            f"A newsroom of {len(room.papers)} invented papers answers on port {room.port}. "
            "Reading it takes about 15 seconds: one paper never answers, and is waited for."
        )
        report = job.one_pass(db, settings, what="demo", everything=True, stop=stop,
                              progress=progress, connect=room.connections)  # fmt: skip
    with open_archive(db, readonly=True) as archive:
        found.show(archive, report, settings, db)
    return 1 if report.stopped else 0


if __name__ == "__main__":
    sys.exit(main())
