"""Finds the files that travel with the program: the model and the templates.

In a checkout they stand at the top, where people look for them; in an installed wheel they stand
under `crmclean/shipped/` (pyproject.toml puts them there).
"""

from pathlib import Path

_HERE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `model` or `templates`, wherever this copy of the program keeps it."""
    installed = _HERE / "shipped" / name
    return installed if installed.is_dir() else _HERE.parent / name
