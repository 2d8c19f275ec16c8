"""The same customer twice: found, judged, merged; golden records and where every record went.

    customers: fields → candidate pairs → weights → laws → clusters → bands → survivorship
    contacts:  resolved to their golden customer, then the same within each customer
    leads, follow-ups, opportunities: resolved and re-parented

Merging cannot be seen afterwards and a missed duplicate can: when unsure, a person is asked.
"""

from crmclean.dedupe.changed import Changed
from crmclean.dedupe.explain import explain
from crmclean.dedupe.joined import Outside, changed
from crmclean.dedupe.parts import Part, Parts, by_record, whole
from crmclean.dedupe.refresh import unmerge
from crmclean.dedupe.stage import Deduped, dedupe
from crmclean.dedupe.taken import After

__all__ = [
    "After",
    "Changed",
    "Deduped",
    "Outside",
    "Part",
    "Parts",
    "by_record",
    "changed",
    "dedupe",
    "explain",
    "unmerge",
    "whole",
]
