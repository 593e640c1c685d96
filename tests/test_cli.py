"""The commands as a shell sees them: exit codes, one sentence on stderr, nothing else on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference import leaves

ROOT = Path(__file__).parent.parent


def command(*words: str | Path, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, words)],
        cwd=cwd, input=stdin, capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
    )  # fmt: skip


WRONG = {
    "unknown command": (["fetsch"], 2, "No such command 'fetsch'"),
    "unknown option": (["run", "--everything"], 2, "No such option"),
    "no sources.yaml": (["run"], 2, "sources.yaml: there is no such file"),
    "broken sources.yaml": (["run", "--sources", "broken.yaml"], 2, "is not valid YAML at line 3"),
    "an area that is not known": (["run", "--sources", "lost.yaml"], 2,
                                  "lost.yaml, key watched: 'Wails' is no agency"),
    "the same, watched": (["watch", "--sources", "lost.yaml"], 2, "did you mean 'Wales'?"),
    "the same, checked": (["sources", "check", "--sources", "lost.yaml"], 2, "'Wails' is no"),
    "no archive to show": (["show", "https://a.example/"], 1, "db/archive.db"),
    "no archive to search": (["search", "neglect"], 1, "db/archive.db"),
    "no archive to serve": (["serve"], 1, "db/archive.db"),
    "no archive to back up": (["backup"], 1, "db/archive.db"),
    "no archive to export": (["export"], 1, "db/archive.db"),
    "no archive to derive": (["derive"], 1, "db/archive.db"),
    "a text file as archive": (["search", "x", "--db", "broken.yaml"], 1, "broken.yaml"),
    "explain without url": (["derive", "--explain"], 2, "--explain needs --url"),
    "span of words": (["correct", "https://a.example/", "--span", "a:b", "--not-agency", "x"], 2,
                      "--span must be START:END"),
    "two corrections": (["correct", "https://a.example/", "--span", "1:2", "--not-agency", "x",
                         "--is", "y"], 2, "give one of"),
    "url for two files": (["clean", "a.html", "b.html", "--url", "https://a.example/"], 2,
                          "--url goes with one FILE"),
    "unknown source": (["sources", "check", "nobody", "--sources", "good.yaml"], 2,
                       "good.yaml, source nobody: there is no such source"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "broken.yaml").write_text("sources:\n  - id: a\n   name: b\n")
    (tmp_path / "good.yaml").write_text(
        "defaults: {contact: 'mailto:a@b.example'}\n"
        "sources:\n  # a comment that stays\n  - {id: a, feeds: ['https://a.example/feed']}\n"
    )
    (tmp_path / "lost.yaml").write_text(
        (tmp_path / "good.yaml").read_text().replace("sources:", "watched: [Wails]\nsources:", 1)
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_call_gets_one_sentence_and_the_right_code(what: str, folder: Path) -> None:
    words, code, says = WRONG[what]
    done = command(*words, cwd=folder)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (folder / "db").exists(), "a wrong call leaves nothing behind"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, _ in leaves()])
def test_every_command_has_help_and_the_common_options(name: str, tmp_path: Path) -> None:
    done = command(*name.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    for option in ("--db", "--sources", "--verbose"):
        assert option in done.stdout


@pytest.mark.slow
def test_clean_keeps_the_order_and_a_line_for_the_file_that_fails(tmp_path: Path) -> None:
    page = "<html><body><article><h1>Good report</h1>" + "".join(
        f"<p>Inspectors praised the home in part {n}, where residents were said to be safe.</p>"
        for n in range(8)
    ) + "</article></body></html>"  # fmt: skip
    (tmp_path / "one.html").write_text(page)
    done = command("clean", "one.html", "missing.html", "-", cwd=tmp_path, stdin=page)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["input"] for line in lines] == ["one.html", "missing.html", "-"]
    assert lines[0]["text"] == lines[2]["text"] != ""
    assert lines[1]["text"] is None
    assert lines[1]["error"].endswith(": there is no such file")
    assert len({tuple(line) for line in lines}) == 1, "every line has every key"
    assert done.returncode == 1


@pytest.mark.slow
def test_clean_into_tag_in_one_pipe(tmp_path: Path) -> None:
    text = "Ofsted rated Harwick Primary School good in a report published on Monday."
    record = {"id": "x", "url": None, "title": None, "text": text, "published_at": "2019-05-01"}
    done = command("tag", "-", cwd=tmp_path, stdin=json.dumps(record) + "\nnot json\n")
    good, bad = (json.loads(line) for line in done.stdout.splitlines())
    assert good["text"] == text
    assert [i["id"] for i in good["inspectorates"]] == ["ofsted"]
    assert "error" in bad
    assert done.returncode == 1


@pytest.mark.slow
def test_service_prints_absolute_paths(tmp_path: Path) -> None:
    done = command("service", cwd=tmp_path)
    assert f"WorkingDirectory={tmp_path}" in done.stdout
    assert "ExecStart=" in done.stdout
    assert "*/15 * * * * cd " in done.stdout


@pytest.mark.slow
def test_opml_out_and_in_again_keeps_comments(folder: Path) -> None:
    done = command("sources", "export", "--sources", "good.yaml", cwd=folder)
    opml = done.stdout.replace("https://a.example/feed", "https://b.example/feed")
    (folder / "list.opml").write_text(opml)
    done = command("sources", "import", "list.opml", "--sources", "good.yaml", cwd=folder)
    assert "1 added to good.yaml, 0 already there." in done.stderr
    done = command("sources", "import", "list.opml", "--sources", "good.yaml", cwd=folder)
    assert "0 added to good.yaml, 1 already there." in done.stderr
    assert "# a comment that stays" in (folder / "good.yaml").read_text()
    listed = command("sources", "list", "--json", "--sources", "good.yaml", cwd=folder)
    feeds = [json.loads(line)["feeds"] for line in listed.stdout.splitlines()]
    assert feeds == [["https://a.example/feed"], ["https://b.example/feed"]]


@pytest.mark.slow
def test_a_source_that_is_off_does_not_come_back_through_opml(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(
        "defaults: {contact: 'mailto:a@b.example'}\n"
        "sources:\n  - {id: a, feeds: ['https://a.example/feed']}\n"
        "  - {id: refusing, enabled: false, note: refuses, feeds: ['https://off.example/feed']}\n"
    )
    opml = command("sources", "export", "--sources", "two.yaml", cwd=tmp_path).stdout
    assert "https://a.example/feed" in opml
    assert "off.example" not in opml
