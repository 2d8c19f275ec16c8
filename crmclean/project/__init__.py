"""crmclean.yaml, the migration project: read, validated, frozen."""

from crmclean.project.file import load
from crmclean.project.sections import (
    MOST_CONTACTS,
    FieldSource,
    Level,
    Pilot,
    Project,
    Source,
    json_schema,
)

__all__ = [
    "MOST_CONTACTS",
    "FieldSource",
    "Level",
    "Pilot",
    "Project",
    "Source",
    "json_schema",
    "load",
]
