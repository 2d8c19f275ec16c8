"""Values whose truth is known, and the ways in which legacy files write them.

One kind per field: a maker of true values, ways of writing them that can be read back, and ways
that lose something. Nothing here asks the product: area codes, places, industries and check digits
are written out or come from python-stdnum. `test_rules_truth.py` sends all of it through the
column path of a run.
"""

from truth import business, contacts, numbers, places, times, words
from truth.ways import Kind

KINDS: dict[str, Kind] = {
    **contacts.KINDS,
    **times.KINDS,
    **numbers.KINDS,
    **business.KINDS,
    **places.KINDS,
    **words.KINDS,
}
