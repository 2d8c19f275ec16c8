"""What a person sees on a terminal while a run works, and what a file or another program gets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = """version: 1
language: {language}
target: generic
sources:
  - path: a.csv
    fields: {{customer.name: 名称}}
"""
ROWS = "名称\n" + "".join(f"第{n}机械有限公司\n" for n in range(1, 2001))
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")


def on_a_terminal(folder: Path, language: str, **environment: str) -> str:
    """The standard error of a run that has a terminal of 80 columns for it."""
    pty = pytest.importorskip("pty")
    (folder / "a.csv").write_text(ROWS, encoding="utf-8")
    (folder / "crmclean.yaml").write_text(PROJECT.format(language=language), encoding="utf-8")
    ours, theirs = pty.openpty()
    size = {"COLUMNS": "80", "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "crmclean", "run", "--no-input", "--no-cache"]
    known = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    done = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs, env={**known, **size, **environment}
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 1 << 16):
            said += part
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert done.wait(60) == 0, said.decode()
    return said.decode()


@pytest.mark.parametrize(
    ("language", "stages", "pace"),
    [("zh", ("查看来源", "清洗", "查重", "导出"), r"2,001 行 · [\d,]+ 行/秒"),
     ("en", ("scan", "clean", "dedupe", "export"), r"2,001 rows · [\d,]+ rows/s")],
)  # fmt: skip
def test_every_stage_tells_its_rows_their_pace_and_the_time(
    tmp_path: Path, language: str, stages: tuple[str, ...], pace: str
) -> None:
    said = on_a_terminal(tmp_path, language)
    assert COLOUR.search(said)
    for stage in stages:
        assert re.search(rf"{stage}\W.*?{pace}.*?\d:\d\d:\d\d", said, re.S)


def test_no_color_takes_the_colours_away(tmp_path: Path) -> None:
    said = on_a_terminal(tmp_path, "en", NO_COLOR="1")
    assert "rows/s" in said and not COLOUR.search(said)


def test_off_a_terminal_nothing_moves(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "crmclean.yaml").write_text(PROJECT.format(language="zh"), encoding="utf-8")
    command = [sys.executable, "-m", "crmclean", "run", "--no-input"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr == b"" and b"\x1b" not in done.stdout
