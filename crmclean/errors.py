"""The tree of errors that a user can mend, each with its exit code.

    CrmcleanError
    ├── UsageError      2   command line, crmclean.yaml, model or template
    ├── InputRefused    3   a source that is missing, unsafe or cannot be read
    ├── Broken          4   conservation or reconciliation broken: our fault, nothing is published
    ├── DecisionNeeded  5   a person must decide first (with --no-input)
    ├── Locked          6   another run holds the output directory
    └── OutputRefused   7   the output cannot be written: space, rights, open in Excel

An error carries a stable code of the catalogue and the facts that its words need; `messages.py`
turns it into a sentence in Chinese or English. Facts never hold values of customers.
Exit codes: design.md 1. 130 (interrupted) is set by `cli.py`.
"""

import traceback
from pathlib import Path


class CrmcleanError(Exception):
    """What went wrong: a catalogue code and the facts for its words (file=, sheet=, row=, …)."""

    exit_code = 4

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        from crmclean.messages import say

        return say(self.code, **self.facts)


class UsageError(CrmcleanError):
    exit_code = 2


class InputRefused(CrmcleanError):
    exit_code = 3


class Broken(CrmcleanError):
    exit_code = 4


class DecisionNeeded(CrmcleanError):
    exit_code = 5


class Locked(CrmcleanError):
    exit_code = 6


class OutputRefused(CrmcleanError):
    exit_code = 7


def fault(error: BaseException) -> Broken:
    """A fault of ours, told by its kind and its place in the program."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return Broken("INTERNAL_FAULT", kind=type(error).__name__, place=place)
