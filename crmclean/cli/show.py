"""Everything that is printed: results to stdout, progress and errors to stderr.

Cells of customers are data, never markup: control, bidi and zero-width characters are replaced
by a visible sign before they reach a terminal (trust.md 4.3 T12), and rich's markup is off.
"""

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from crmclean.errors import CrmcleanError
from crmclean.messages import advice, say

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def safe(text: object) -> str:
    """Text that cannot steer a terminal.

    >>> safe("a\\x1b[31mb")
    'a␛[31mb'
    """
    return _UNSAFE.sub(lambda hit: chr(0x2400 + ord(hit[0])) if hit[0] < " " else "␣", str(text))


def line(text: object = "", stderr: bool = False) -> None:
    _say(safe(text), sys.stderr if stderr else sys.stdout)


def _say(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream)
    except BrokenPipeError:
        _closed(stream)


def end() -> None:
    """All that was said goes out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _closed(stream)


def _closed(stream: TextIO) -> None:
    """Whoever reads has seen enough (`| head`): the rest is said to nobody, and the exit code stands."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def error(problem: CrmcleanError) -> None:
    """What, where, what to do: on stderr, with the code."""
    line(f"{say('cli.error')} [{problem.code}] {problem}", stderr=True)
    what_to_do = advice(problem.code, **problem.facts)
    if what_to_do:
        line(f"  → {what_to_do}" if _can_show("→") else f"  -> {what_to_do}", stderr=True)


def as_json(value: Any) -> None:
    _say(json.dumps(value, ensure_ascii=False, indent=1, default=str), sys.stdout)


def table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[object]], tight: bool = False
) -> None:
    """A table at the width of the terminal; plain columns where stdout is not a terminal. `tight`:
    many short columns, with less between them."""
    if not rows:
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(
        title=Text(safe(title)),
        title_justify="left",
        box=None if tight else box.SIMPLE_HEAD,
        padding=(0, 2, 0, 0) if tight else (0, 1),
        pad_edge=False,
    )
    for heading, sample in zip(headings, rows[0], strict=True):
        numeric = isinstance(sample, int | float)
        grid.add_column(
            Text(safe(heading)), justify="right" if numeric else "left", overflow="fold"
        )
    for row in rows:
        grid.add_row(*(Text(_cell(value)) for value in row))
    _console().print(grid)


def _console() -> Any:
    """A console of rich without its markup. By itself rich would end the program with 1, which means
    findings, once nobody reads any more."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            _closed(sys.stdout)

    return Quiet(markup=False, highlight=False, emoji=False)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else safe(value)


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
