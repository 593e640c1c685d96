"""The commands. Each is its options, one call, one printed answer; no logic lives here.

Machine output goes to stdout, words and progress to stderr. Exit 0: done; 1: something failed;
2: called wrongly or misconfigured.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline import (
    __version__,
    config,
    service,
    sourcelist,
    statusview,
    storyview,
    summary,
    terminal,
)
from pipeline.errors import WatchError

F = TypeVar("F", bound=Callable[..., Any])

DB = "db/archive.db"
SOURCES = "sources.yaml"


def common(*wanted: str) -> Callable[[F], F]:
    """The options that every command has: --db, --sources, -v; passes on the ones `wanted`."""

    def decorate(command: F) -> F:
        @click.option("--db", default=DB, show_default=True, type=click.Path(path_type=Path),
                      help="The archive.")  # fmt: skip
        @click.option("--sources", default=SOURCES, show_default=True,
                      type=click.Path(path_type=Path), help="What is watched.")  # fmt: skip
        @click.option("-v", "--verbose", count=True, help="Say what is done; -vv says everything.")
        @wraps(command)
        def wrapper(*args: Any, verbose: int, **kwargs: Any) -> Any:
            terminal.configure_logging(verbose)
            unused = {"db", "sources"} - set(wanted)
            return command(*args, **{k: v for k, v in kwargs.items() if k not in unused})

        return wrapper  # type: ignore[return-value]

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="inspection-watch")
def cli() -> None:
    """Watch feeds for news about inspections of UK public services; clean, tag, archive, query."""


def main(args: list[str] | None = None) -> None:
    """Run, and turn every error of ours into one sentence and the right exit code."""
    try:
        code = cli.main(args=args, prog_name="inspection-watch", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as e:
        e.show()
        code = e.exit_code
    except WatchError as e:
        terminal.say(f"Error: {e}")
        code = e.exit_code
    except (click.Abort, KeyboardInterrupt):
        terminal.say("Stopped.")
        code = 130
    except BrokenPipeError:
        # The reader of our output (`| head`) went away: not an error, but nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


# ---------------------------------------------------------------- the main job


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Fetch every feed, due or not.")
@common("db", "sources")
def run(db: Path, sources: Path, everything: bool) -> int:
    """One pass: fetch what is due, clean and tag what is new, publish.

    A source that fails does not stop the pass, nor make the exit code 1; that is what `status` is
    for. It is 1 when feeds were due and every one of them failed.
    """
    from pipeline import job

    settings = config.load(sources)
    summary.say_placeholder(settings)
    with job.stopping() as stop, terminal.progress() as progress:
        report = job.one_pass(db, settings, what="run", everything=everything, stop=stop,
                              progress=progress)  # fmt: skip
    summary.print_found(db, since=report.started_at)
    summary.say_report(report, settings, db)
    return 1 if report.feeds_due and report.feeds_failed == report.feeds_due else 0


@cli.command()
@click.option("--tick", default=60, show_default=True, type=click.IntRange(1, 3600),
              help="Seconds between two looks at what is due.")  # fmt: skip
@common("db", "sources")
def watch(db: Path, sources: Path, tick: int) -> int:
    """The background service: a pass whenever something is due, until SIGTERM or Ctrl-C."""
    from pipeline import clock

    summary.say_placeholder(config.load(sources))
    clock.watch(db, sources, tick=tick)
    return 0


@cli.command()
@click.option("--stage", "stages", multiple=True, type=click.Choice(["clean", "tag"]),
              help="Only this stage; may be given twice. Default: both.")  # fmt: skip
@click.option("--host", help="Only pages of this host and its subdomains.")
@click.option("--url", help="Only this story, by any of its addresses.")
@click.option("--explain", is_flag=True, help="With --url: say how each tag came about.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@common("db")
def derive(db: Path, stages: tuple[str, ...], host: str | None, url: str | None,
           explain: bool, dry_run: bool) -> int:  # fmt: skip
    """Clean and tag again what is stale: no network."""
    from pipeline import job

    if explain and not url:
        raise click.UsageError("--explain needs --url: which story shall be explained?")
    if explain:
        storyview.print_explanation(db, str(url))
        return 0
    with job.stopping() as stop, terminal.progress() as progress:
        report = job.derive_again(db, stages=stages or ("clean", "tag"), host=host, url=url,
                                  dry_run=dry_run, stop=stop, progress=progress)  # fmt: skip
    return summary.say_derived(report, dry_run=dry_run)


# ---------------------------------------------------------------- single stages, on files


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", help="Where the page came from (for one FILE).")
@click.option("--suggest", is_flag=True, help="Propose rules for the pages' site, each tried.")
@common()
def clean(files: tuple[str, ...], url: str | None, suggest: bool) -> int:
    """Pages or reports (.html, .html.gz, .pdf, -) in, one JSON line each out. Never fetches."""
    import pipeline.clean.files as pages

    if url and len(files) > 1:
        raise click.UsageError("--url goes with one FILE")
    if url is not None and not pages.is_web_address(url):
        raise click.UsageError(f"--url must be a web address (https://…), not {url!r}")
    if suggest:
        click.echo(pages.suggestion(*files, url=url), nl=False)
        return 0
    return _lines_out(pages.clean_files(files, url=url))


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common()
def tag(files: tuple[str, ...]) -> int:
    """JSON lines in (id, url, title, text, published_at, or what `clean` prints), one each out."""
    from pipeline.tag import files as stories

    return _lines_out(stories.tag_files(files))


def _lines_out(records: Any) -> int:
    failed = 0
    for record in records:
        click.echo(json.dumps(record, ensure_ascii=False))
        failed += bool(record.get("error"))
    return 1 if failed else 0


@cli.group()
def agencies() -> None:
    """The gazetteer: who is known, and what a text would match."""


@agencies.command("test")
@click.argument("text")
@click.option("--date", help="The story's date (YYYY-MM-DD): bodies abolished by then don't match.")
@click.option("--region", help="Where the publisher is at home, such as Kent: a hint.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a match.")
@common()
def agencies_test(text: str, date: str | None, region: str | None, as_json: bool) -> int:
    """Which bodies TEXT names, where, and why."""
    from pipeline.tag.explaining import explain

    if date and not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        raise click.UsageError(f"--date must be YYYY-MM-DD, not {date!r}")
    return summary.print_matches(explain(text, date, region), as_json=as_json)


@cli.command()
@click.argument("url")
@click.option("--span", required=True, metavar="START:END", help="The tag's place, as `show` says.")
@click.option("--not-agency", metavar="ID", help="The words at the span are not this body.")
@click.option("--not-finding", metavar="ID", help="The finding (its id, or its kind) is wrong.")
@click.option("--is", "is_", metavar="ID", help="The words at the span are this body.")
@click.option("--reason", help="Why, for whoever reads the record.")
@common("db")
def correct(db: Path, url: str, span: str, not_agency: str | None,
            not_finding: str | None, is_: str | None, reason: str | None) -> int:  # fmt: skip
    """Record a wrong tag as a counterexample; it is a test from then on."""
    from pipeline import job

    if sum(x is not None for x in (not_agency, not_finding, is_)) != 1:
        raise click.UsageError("give one of --not-agency, --not-finding or --is")
    terminal.say(job.correct(db, url, _span(span), not_agency=not_agency,
                             not_finding=not_finding, is_=is_, reason=reason))  # fmt: skip
    return 0


def _span(text: str) -> tuple[int, int]:
    try:
        start, end = (int(part) for part in text.split(":"))
    except ValueError:
        raise click.UsageError(f"--span must be START:END, such as 120:134, not {text!r}") from None
    if not 0 <= start < end:
        raise click.UsageError(f"--span {text}: START must be before END")
    return start, end


# ---------------------------------------------------------------- reading


@cli.command()
@click.argument("query")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="One JSON line a story.")
@common("db")
def search(db: Path, query: str, limit: int, as_json: bool) -> int:
    """Full text: words, "phrases", prefix*, OR. Or the address of one story."""
    return summary.print_search(db, query, limit=limit, as_json=as_json)


@cli.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON line.")
@common("db")
def show(db: Path, url: str, as_json: bool) -> int:
    """One story, with the evidence marked in its text and what was cut from its page."""
    storyview.print_story(db, url, as_json=as_json)
    return 0


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For a supervisor.")
@common("db", "sources")
def status(db: Path, sources: Path, as_json: bool) -> int:
    """The health of every source; exit 1 when one needs a person."""
    return statusview.print_status(db, config.load(sources), as_json=as_json)


# ---------------------------------------------------------------- what is watched


@cli.group()
def sources() -> None:
    """What is watched: list, add, check, import and export."""


@sources.command("list")
@click.option("--json", "as_json", is_flag=True)
@common("sources")
def sources_list(sources: Path, as_json: bool) -> int:
    """Every source of sources.yaml, and why one is off."""
    summary.print_sources(config.load(sources), as_json=as_json)
    return 0


@sources.command("add")
@click.argument("url")
@click.option("--id", "id_", help="A short stable name; made from the address if not given.")
@click.option("--name", help="The name people read.")
@click.option("--allow-private", is_flag=True, help="The address is on this machine or network.")
@common("sources")
def sources_add(sources: Path, url: str, id_: str | None, name: str | None,
                allow_private: bool) -> int:  # fmt: skip
    """Add the feed or news sitemap at URL, or the one that its site turns out to have."""
    added = sourcelist.add(sources, url, id_=id_, name=name, allow_private=allow_private)
    terminal.say(f"Added {added.id} ({added.watched[0][0]}) to {sources}.")
    return 0


@sources.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@common("sources")
def sources_check(sources: Path, ids: tuple[str, ...]) -> int:
    """Look at each address once and say what came; stores nothing. Exit 1 when one failed."""
    from pipeline import areas

    with terminal.progress() as progress:
        results = sourcelist.check(areas.load(sources), ids, progress=progress)
    return summary.print_checks(results)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@common("sources")
def sources_import(sources: Path, file: Path) -> int:
    """Add the feeds of an OPML file that are not watched yet."""
    came = sourcelist.import_opml(sources, file)
    for sentence in came.refused:
        terminal.say(sentence)
    terminal.say(f"{came.added} added to {sources}, {came.known} already there.")
    return 1 if came.refused else 0


@sources.command("export")
@common("sources")
def sources_export(sources: Path) -> int:
    """The feeds of all enabled sources as OPML, on stdout."""
    settings = config.load(sources)
    click.echo(sourcelist.export_opml(settings))
    left_out = sourcelist.beyond_opml(settings)
    if left_out:
        terminal.say(left_out)
    return 0


# ---------------------------------------------------------------- serving and keeping


@cli.command()
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535),
              help="0 takes a free one.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--allow-host", "allow_hosts", multiple=True, metavar="NAME",
              help="A further name to be asked by, as behind a proxy; repeatable.")  # fmt: skip
@click.option("--public", is_flag=True, help="Without article text: headlines, links, evidence.")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser on it.")
@common("db")
def serve(db: Path, port: int, host: str, allow_hosts: tuple[str, ...], public: bool,
          open_browser: bool) -> int:  # fmt: skip
    """Open Datasette on the archive."""
    from pipeline.publish import serve as server

    server.serve(db, port=port, host=host, public=public, open_browser=open_browser,
                 allow_hosts=allow_hosts)  # fmt: skip
    return 0


@cli.command("service")
@common("db", "sources")
def service_(db: Path, sources: Path) -> int:
    """A systemd unit and a crontab line, ready to paste."""
    folder = Path.cwd()
    places = {"folder": folder, "db": folder / db, "sources": folder / sources}
    click.echo(service.systemd_unit(**places))
    click.echo("# Or, without systemd, one line for `crontab -e`:")
    click.echo(service.crontab_line(**places), nl=False)
    return 0


@cli.command()
@click.argument("to", required=False, type=click.Path(path_type=Path))
@common("db")
def backup(db: Path, to: Path | None) -> int:
    """A consistent copy of the archive and its pages, also while it is being written."""
    from pipeline.archive.backup import backup as copy

    for path in copy(db, to):
        click.echo(path)
    return 0


@cli.command()
@click.option("--format", "format_", default="csv", show_default=True,
              type=click.Choice(["csv", "jsonl", "parquet", "warc"]))  # fmt: skip
@click.option("--table", "tables", multiple=True, help="Only this table or view; may be repeated.")
@click.option("--out", default="export", show_default=True, type=click.Path(path_type=Path),
              help="The folder to write to.")  # fmt: skip
@click.option("--public", is_flag=True, help="Without article text.")
@common("db")
def export(db: Path, format_: str, tables: tuple[str, ...], out: Path,
           public: bool) -> int:  # fmt: skip
    """The archive as CSV, JSON lines, Parquet or (raw pages) WARC."""
    from pipeline.archive.export import export as write

    for path in write(db, out, format=format_, tables=tables, public=public):
        click.echo(path)
    return 0
