"""Owners and creators: names of the old world as active accounts of the target.

`owners:` in crmclean.yaml is the reassignment table: old name: new name. The empty name stands for
"nobody", and 公海 as a new name means the pool: such customers go into the pool's own file, their
contacts and follow-ups take the name that `公海:` maps to, because importers want a person there.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export.cells import by_distinct
from crmclean.templates import POOL


def assigned(values: pa.Array, owners: dict[str, str], in_pool: bool) -> pa.Array:
    """Every owner reassigned; `in_pool`: whether this file may hold records of the pool.

    >>> assigned(pa.array(["张三", None]), {"张三": "李四", "": "公海"}, True).to_pylist()
    ['李四', '公海']
    >>> assigned(pa.array([None]), {"": "公海", "公海": "王五"}, False).to_pylist()
    ['王五']
    """
    named = by_distinct(values, lambda name: owners.get(name, name))
    if "" in owners:
        named = pc.fill_null(named, owners[""])
    if in_pool:
        return named
    person = owners.get(POOL)
    return pc.if_else(pc.equal(named, POOL), pa.scalar(person, pa.string()), named)
