"""The peers' environment, `.venv-bench`: apart from ours, set up once, renewed with peers.txt."""

from __future__ import annotations

import subprocess
import venv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-bench"
WANTED = Path(__file__).with_name("peers.txt")
_INSTALL_SECONDS = 300


@cache
def peers_python() -> tuple[Path | None, str]:
    """(the Python that has the peers, "") or (None, why not); installs them once."""
    python, stamp = PEERS / "bin" / "python", PEERS / "ready"
    if stamp.exists() and stamp.read_text() == WANTED.read_text():
        return python, ""
    print("setting up .venv-bench with the peers (once) …", flush=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--retries", "1"]  # fmt: skip
    try:
        venv.create(PEERS, with_pip=True, upgrade_deps=False)
        # the pip that comes with Python 3.11 cannot resolve `lxml[html-clean]` asked for twice
        for what in (["--upgrade", "pip"], ["--only-binary", "lxml,resiliparse", "-r", WANTED]):
            subprocess.run([*install, *what], check=True, capture_output=True, text=True,
                           timeout=_INSTALL_SECONDS)  # fmt: skip
    except subprocess.CalledProcessError as e:
        lines = (e.stderr or str(e)).strip().splitlines()
        return None, f"pip could not install it ({lines[-1] if lines else e})"
    except (OSError, subprocess.TimeoutExpired) as e:
        return None, f"it could not be installed ({e})"
    stamp.write_text(WANTED.read_text())
    return python, ""
