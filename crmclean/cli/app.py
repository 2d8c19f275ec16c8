"""All commands, gathered: importing a module registers its commands with `options.app`."""

from crmclean.cli import check, decide, look, stages
from crmclean.cli.options import app

__all__ = ["app", "check", "decide", "look", "stages"]
