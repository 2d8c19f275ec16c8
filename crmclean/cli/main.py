"""The entry point: languages, consoles, and one exit code for every way a command can end.

Exit codes (design.md 1): 0 ok · 1 findings at or above --fail-on · 2 usage or configuration ·
3 input refused · 4 broken law or internal fault · 5 a person must decide · 6 locked · 7 output ·
130 interrupted.
"""

import atexit
import codecs
import errno
import gc
import os
import sys
import traceback
from typing import Any, NoReturn

from crmclean import errors
from crmclean.cli import show, usage
from crmclean.messages import LANGUAGES, say, set_language

LOOKALIKES = {"›": ">", "∅": "-", "▒": "#", "✓": "v", "␛": "^", "␣": " "}
UNWRITABLE = (PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
NO_SPACE = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
#: What the parser makes of Ctrl-C, too.
INTERRUPTED = 130
#: New objects after which Python looks for cycles among them. Hardly anything of ours stands in one,
#: and at the usual 700 the looking takes a twentieth of a run.
CYCLES = (50_000, 20, 50)


def main() -> NoReturn:
    """Run the command of sys.argv and exit."""
    os.umask(0o077)
    gc.set_threshold(*CYCLES)
    atexit.register(gc.freeze)  # the last look for cycles would take 0.3 s after a big run
    codecs.register_error("lookalike", _lookalike)
    for stream in (sys.stdout, sys.stderr):
        # a GBK console must not stop a run because of one rare character
        stream.reconfigure(errors="lookalike")  # type: ignore[union-attr]
    set_language(_language(sys.argv))
    code = _run()
    show.end()
    sys.exit(code)


def _lookalike(error: UnicodeError) -> tuple[str, int]:
    """What a console shows for signs of ours that its encoding lacks; ? for all others."""
    lacking = error.object[error.start : error.end]  # type: ignore[attr-defined]
    return "".join(LOOKALIKES.get(sign, "?") for sign in lacking), error.end  # type: ignore[attr-defined]


def _run() -> int:
    from crmclean.cli.app import app

    try:
        code = app(standalone_mode=False) or 0
        return _interrupted() if code == INTERRUPTED else code
    except errors.CrmcleanError as error:
        show.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _system_error(error)
    except Exception as error:
        return _usage_or_fault(error)


def _interrupted() -> int:
    show.line(say("INTERRUPTED"), stderr=True)
    return INTERRUPTED


def _system_error(error: OSError) -> int:
    """What the system refused while writing: space or rights (exit 7); else a fault."""
    if error.errno in NO_SPACE:
        return _refused("OUTPUT_NO_SPACE", error)
    if isinstance(error, UNWRITABLE) or error.errno == errno.EROFS:
        return _refused("OUTPUT_NO_RIGHTS", error)
    return _usage_or_fault(error)


def _refused(code: str, error: OSError) -> int:
    refusal = errors.OutputRefused(code, file=error.filename or say("cli.output"))
    show.error(refusal)
    return refusal.exit_code


def _usage_or_fault(error: Any) -> int:
    """A wrong command line, or a fault of ours without a traceback."""
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        return _misused(error)
    if type(error).__name__ in ("Abort", "Exit"):
        return getattr(error, "exit_code", INTERRUPTED)
    if "-v" in sys.argv or "--verbose" in sys.argv:
        traceback.print_exc()
    show.error(errors.fault(error))
    return 4


def _misused(error: Any) -> int:
    refused = usage.refusal(error)
    show.error(refused) if refused else error.show()
    return error.exit_code


def _language(arguments: list[str]) -> str:
    """--lang, else CRMCLEAN_LANG, else the system's language: Chinese where it is Chinese."""
    for number, argument in enumerate(arguments):
        told = argument.removeprefix("--lang=")
        if argument == "--lang" and number + 1 < len(arguments):
            told = arguments[number + 1]
        if argument.startswith("--lang") and told in LANGUAGES:
            return told
    wanted = os.environ.get("CRMCLEAN_LANG")
    if wanted:
        return wanted
    import locale

    names = (os.environ.get("LC_ALL"), os.environ.get("LANG"), locale.getlocale()[0])
    system = next((name for name in names if name), "")
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
