"""The archive on Datasette 1.0, which lives in an environment of its own.

The tests of the pages, of serving and of what holds on both lines run there once more.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pipeline.publish import metadata

ROOT = Path(__file__).parents[2]
READY = ROOT / ".venv-datasette1" / "ready"
PYTHON = READY.parent / "bin" / "python"
FILES = ("test_lines.py", "test_pages.py", "test_serve.py")

pytestmark = pytest.mark.slow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    if not READY.exists():
        pytest.fail("Datasette 1.0 is not set up: run `make .venv-datasette1/ready`.", False)
    return subprocess.run(
        [str(PYTHON), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=280
    )


def test_two_lines_are_tested() -> None:
    version = run("-c", "import datasette; print(datasette.__version__)")
    assert version.stdout.startswith("1.0")
    assert not metadata.is_datasette_1()


def test_every_page_is_as_good_on_1() -> None:
    files = [f"tests/publish/{name}" for name in FILES]
    # "": the slow ones too, which serve over real HTTP.
    done = run("-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-m", "", "-vv", *files)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout[-500:]
    assert int(passed[1]) == done.stdout.count(" PASSED")
    assert not re.search(r"\d+ (skipped|deselected|xfailed)", done.stdout)
    for name in FILES:
        assert f"{name}::" in done.stdout
