"""All commands, gathered: importing a module registers its commands with `options.app`."""

from crmclean.cli import decide, look, stages
from crmclean.cli.options import app

__all__ = ["app", "decide", "look", "stages"]
