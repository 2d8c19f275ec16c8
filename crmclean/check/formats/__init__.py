"""How findings are printed. One module per format, each with `render(result) -> str`; the module's
name is the format's name, and this folder is the list of them."""

from importlib import import_module
from pathlib import Path

from crmclean.check.findings import Result
from crmclean.errors import UsageError


def names() -> list[str]:
    """All formats."""
    return sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem != "__init__")


def render(name: str, result: Result) -> str:
    """The result in that format. Raises UsageError for an unknown one."""
    if name not in names():
        raise UsageError("CHECK_FORMAT_UNKNOWN", value=name, known="、".join(names()))
    return import_module(f"{__name__}.{name}").render(result)
