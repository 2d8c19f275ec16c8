"""The bars on stderr while a run works: one per stage, with rows, rows a second and the time left.

Stages are of different kinds (rows of a file, rounds over all records), so each tells the share that is
done; pace and time left follow from it and from the time that the stage took so far.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from crmclean.messages import say


@contextmanager
def progress() -> Iterator[Callable[[str, float, int], None]]:
    """A function (stage, share done, rows of the stage or 0) that moves the bar of the stage; silent
    off a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, share, rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=18), _told())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def move(stage: str, share: float, rows: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(say(f"stage.{stage}"), total=None, rows=0, whole=0)
            task = bars.tasks[tasks[stage]]
            whole = (task.elapsed or 0) / share if share else 0
            total = 1 if share else None
            bars.update(task.id, completed=share, total=total, rows=rows, whole=whole)

        yield move


def _told() -> Any:
    """A column of rich: 45,000 rows · 9,000 rows/s · 0:00:12 left; nothing before it is known."""
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Told(ProgressColumn):
        def render(self, task: Any) -> Text:
            rows, whole = task.fields["rows"], task.fields["whole"]
            if not whole:
                return Text("")
            left = whole if task.finished else max(whole - task.elapsed, 0)
            parts = [say("progress.took" if task.finished else "progress.left", time=_clock(left))]
            if rows:
                pace = {"rows": f"{rows * task.completed:,.0f}", "pace": f"{rows / whole:,.0f}"}
                parts.insert(0, say("progress.pace", **pace))
            return Text(" · ".join(parts))

    return Told()


def _clock(seconds: float) -> str:
    """Hours, minutes, seconds.

    >>> _clock(3725.4)
    '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
