"""Rows counted by the values of some columns.

Of a table that is mostly a former one (`over.py`) that is what the former one counts, with what is
new and without what is gone: no row is put in its place for it.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.run.work import Work


def counted(work: Work, name: str, by: list[str], filled: Sequence[str] = ()) -> pa.Table:
    """How many rows of a table have each combination of the values of `by`: "count"; and in how many
    of those each column `filled` is."""
    counts = ["count", *filled]
    signed = []
    for sign, part in work.addends(name, [*by, *filled]):
        asked = [([], "count_all"), *((column, "count") for column in filled)]
        found = part.group_by(by, use_threads=False).aggregate(asked).rename_columns([*by, *counts])
        numbers = [pc.multiply(found[column], sign) for column in counts]
        signed.append(pa.table([*found.select(by).columns, *numbers], [*by, *counts]))
    summed = pa.concat_tables(signed).group_by(by, use_threads=False)
    summed = summed.aggregate([(column, "sum") for column in counts])
    summed = summed.rename_columns([*by, *counts])
    return summed.filter(pc.greater(summed["count"], 0))
