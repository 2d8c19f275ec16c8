"""Columns of a source → fields of the model.

    guess         columns and samples → which field each column holds, how sure, and why
    project_text  plan and guesses → a commented crmclean.yaml for a person to look over
    check         what the project file says about columns, against what the files hold
    records       rows → records, with fills, concat, lookup and constants as changes
    sequence      codes for golden records that have none, or share one
    consult       what a register of licence names and codes fills or suggests

A guess only ever writes the project file: what runs is what a person could read there.
"""

from crmclean.mapping.authority import consult
from crmclean.mapping.check import check
from crmclean.mapping.guess import Guess, guess
from crmclean.mapping.objects import object_of
from crmclean.mapping.records import Mapped, records
from crmclean.mapping.sequence import Sequenced, sequence
from crmclean.mapping.write import is_recognised, project_text

__all__ = [
    "Guess",
    "Mapped",
    "Sequenced",
    "check",
    "consult",
    "guess",
    "is_recognised",
    "object_of",
    "project_text",
    "records",
    "sequence",
]
