"""A second process for the work of a big run: the other core.

Threads (`abreast.py`, `beside.py`) do not fill two cores where a step is many small calls, because
Python runs one of them at a time. A run of big sources therefore starts a second Python while it
looks at them, and gives it whole parts of its work: `call`, `share`. Where there is none (small
sources, one core), the very same calls are done here, so a result never depends on it.

A part of work is a function of a module and what it is given (`pipe.py`); what is big lies in
OUT/.work already. What it raises is raised here. The second process belongs to
the first: it ends with it, however that ends, and by the same Ctrl-C.
"""

import gc
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, BinaryIO

from crmclean.errors import Broken, CrmcleanError, fault
from crmclean.messages import language, set_language
from crmclean.run.memory import give_back, keep_freed
from crmclean.run.pipe import receive, send


class _Process:
    """The second process, as the first sees it; it does one thing at a time."""

    def __init__(self) -> None:
        loud = [option for option in ("-v", "--verbose") if option in sys.argv]
        command = [sys.executable, "-c", START, *loud]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
        )
        self.turn = Lock()
        self._told(language(), gc.get_threshold())

    def _told(self, *what: object) -> None:
        try:
            send(self._child.stdin, what)
        except OSError as error:  # its pipe is broken: that is no refusal of the output
            raise self._gone() from error

    def answer(self, task: Callable, given: tuple) -> Any:
        """What `task(*given)` returns there. Raises what it raises; Broken where the process ended."""
        self._told(task, given)
        try:
            made, error = receive(self._child.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as lost:
            raise self._gone() from lost
        if error is not None:
            raise error
        return made

    def _gone(self) -> BaseException:
        """Why it is not there any more. By Ctrl-C it ends before the first process hears of that."""
        return KeyboardInterrupt() if self._child.wait() in BY_CTRL_C else Broken("SECOND_ENDED")

    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        self._child.stdout.close()


#: How a process ends by Ctrl-C: on POSIX, on Windows.
BY_CTRL_C = (-2, 0xC000013A)
#: What it is started with. By Ctrl-C it ends at once, and says nothing.
START = f"""
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
from {__name__} import main
main()
"""
#: The second process of this one, where there is one.
_second: _Process | None = None


@contextmanager
def process(warm: Callable[[], object]) -> Iterator[None]:
    """Have a second process while the body runs. `warm`: what it does first, unasked."""
    global _second
    _second = _Process()
    Thread(target=_warmed, args=(_second, warm), daemon=True).start()
    try:
        yield
    finally:
        _second, ended = None, _second
        ended.end()


def _warmed(second: _Process, warm: Callable[[], object]) -> None:
    """Whoever asks for something afterwards is told what went wrong."""
    with second.turn, suppress(BaseException):
        second.answer(warm, ())


def call(task: Callable, *given: Any) -> Any:
    """What `task(*given)` returns: done in the second process when it has time, here without one."""
    if _second is None:
        return task(*given)
    second = _second
    with second.turn:
        return second.answer(task, given)


def share(task: Callable, *given: Any) -> Any:
    """The same, but done here if the second process has other things to do."""
    second = _second
    if second is None or not second.turn.acquire(blocking=False):
        return task(*given)
    try:
        return second.answer(task, given)
    finally:
        second.turn.release()


def environment() -> dict[str, str]:
    """The environment in which a Python of its own finds this very program."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, known)))}


def main() -> None:
    """The second process: do what comes in by stdin and answer by what was stdout; prints go to
    stderr. It ends when its first process does, in the middle of its work if need be."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    keep_freed()
    asked: SimpleQueue[tuple] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    told, thresholds = asked.get()
    set_language(told)
    gc.set_threshold(*thresholds)
    while True:
        _answer(answers, *asked.get())
        give_back()


def _listen(asked: SimpleQueue) -> None:
    while True:
        try:
            asked.put(receive(sys.stdin.buffer))
        except EOFError:
            os._exit(0)
        except BaseException as error:
            asked.put((_raise, (error,)))


def _raise(error: BaseException) -> None:
    raise error


def _answer(answers: BinaryIO, task: Callable, given: tuple) -> None:
    try:
        send(answers, (task(*given), None))
    except BaseException as error:
        send(answers, (None, _ours(error)))


def _ours(error: BaseException) -> BaseException:
    """What is raised in the first process: refusals and what the system says as they are, a fault of
    ours with its place, which is lost on the way."""
    if isinstance(error, CrmcleanError | OSError):
        return error
    if len(sys.argv) > 1:
        traceback.print_exception(error)
    return fault(error)
