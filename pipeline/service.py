"""What `service` prints: a systemd unit and a crontab line, ready to paste."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def systemd_unit(*, folder: Path, db: Path, sources: Path) -> str:
    """A user unit that keeps `watch` running. Paths are absolute, as systemd demands."""
    command = _command("watch", db=db, sources=sources, quote=_systemd_quote)
    return f"""\
# ~/.config/systemd/user/inspection-watch.service
# systemctl --user daemon-reload && systemctl --user enable --now inspection-watch
# (loginctl enable-linger keeps it running while you are logged out)
[Unit]
Description=Inspection Watch: news about inspections of public services
After=network-online.target
Wants=network-online.target

[Service]
# it says when it is ready, what troubles it, and every second that it is alive
Type=notify
WatchdogSec=120
WorkingDirectory={_escaped(str(folder))}
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=60
# SIGTERM: what has come is stored; downloads under way are broken off, and made again later
TimeoutStopSec=120
NoNewPrivileges=true
PrivateTmp=true

[Install]
WantedBy=default.target
"""


def crontab_line(*, folder: Path, db: Path, sources: Path) -> str:
    """A line for `crontab -e`: one pass a quarter of an hour; a lock keeps passes apart."""
    command = f"cd {shlex.quote(str(folder))} && " + _command(
        "run", db=db, sources=sources, quote=shlex.quote
    )
    # cron reads % as a line break
    return f"*/15 * * * * {command.replace('%', chr(92) + '%')} 2>&1 | logger -t inspection-watch\n"


def _command(verb: str, *, db: Path, sources: Path, quote: object) -> str:
    words = [sys.executable, "-m", "pipeline", verb, "--db", str(db), "--sources", str(sources)]
    assert callable(quote)
    return " ".join(quote(w) for w in words)


def _escaped(text: str) -> str:
    """systemd expands %, in every setting."""
    return text.replace("%", "%%")


def _systemd_quote(word: str) -> str:
    word = _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{word}"' if any(c in word for c in " \t'\"\\;") else word
