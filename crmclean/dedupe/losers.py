"""What loses lives on: other telephones, the other owner as 协作人, the other address in the remark.

A number that its rule refuses is no telephone: it goes to the remark, under its label. One that lost
its digits (1.39E+10) can be nobody's; it stays in the records and the issues. Labels are in the
language of the project: what stands in a record must not depend on who ran the program that day.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import rules
from crmclean.dedupe.strategies import JOIN, PARTS, Groups, joined, put
from crmclean.messages import say
from crmclean.model import Object
from crmclean.tables import GOLDEN, table

#: The field in which losing values of another go on living.
KEPT = {
    "customer": {"phone": "other_phones", "email": "remark", "address": "remark", "owner": "remark", "website": "remark"},
    "contact": {"mobile": "other_phones", "phone": "other_phones", "email": "remark", "wechat": "remark", "title": "remark"},
}  # fmt: skip
_NO_DIGITS = r"\d[eE]\+?\d"


def keep(
    records: pa.Table,
    object: Object,
    groups: Groups,
    columns: dict[str, pa.Array],
    cells: list[pa.Table],
    golden: pa.Array,
    asked: tuple[str, ...],
    language: str,
) -> None:
    """Write losing values into `columns` and `cells`; `asked`: fields whose losers the project wants
    kept (`keep_both`) beside those that always are."""
    wanted = {**dict.fromkeys(asked, "remark"), **KEPT.get(object.name, {})}
    for name, into in wanted.items():
        if name not in records.column_names or into not in columns or not len(groups.place):
            continue
        own = records[name].combine_chunks().take(pa.array(groups.rows))
        winner = columns[name].take(pa.array(groups.place)).take(pa.array(groups.cluster))
        lost = pc.fill_null(pc.and_(pc.is_valid(own), pc.not_equal(own, winner)), False)
        lost = pc.and_(
            lost, pc.invert(pc.fill_null(pc.match_substring_regex(own, _NO_DIGITS), False))
        )
        fits = rules.sound(own, PARTS[into]) if into in PARTS else pa.repeat(True, len(own))
        known = _label(object, name, language)
        for here, label in ((into, ""), ("remark", known)):
            mask = pc.and_(lost, fits if here == into else pc.invert(fits))
            label = known if here == "remark" else label
            if pc.any(mask).as_py() and here in columns:
                cluster = groups.cluster[mask.to_numpy(zero_copy_only=False)]
                kept = pc.binary_join_element_wise(label, own.filter(mask), "")
                _append(columns, here, object.name, groups, cluster, kept, cells, golden)


def _label(object: Object, name: str, language: str) -> str:
    """协作人 for another owner, else the field's own label."""
    if name == "owner":
        return say("dedupe.kept.owner", language)
    return say("dedupe.kept.other", language, label=object.fields[name].label[language])


def _append(columns, into, object, groups, cluster, kept, cells, golden) -> None:
    """The kept texts (of the clusters) behind what stands in the field."""
    clusters = np.unique(cluster)
    places = groups.place[clusters]
    before = pc.split_pattern(columns[into].take(pa.array(places)), JOIN)
    standing = clusters[pc.list_parent_indices(before).to_numpy()]
    texts = pa.concat_arrays([pc.list_flatten(before), kept])
    after = joined(np.concatenate([standing, cluster]), texts)[1]
    columns[into] = put(columns[into], places, after)
    ids = golden.take(pa.array(places))
    for at, one in enumerate(cells):  # each cell has one row, of the value that stands in the end
        if one.num_rows and one["field"][0].as_py() == into:
            cells[at] = one.filter(pc.invert(pc.is_in(one["golden"], ids)))
    told = {"golden": ids, "field": into, "value": after, "strategy": "keep_both"}
    cells.append(table(GOLDEN, {"object": object, **told}))
