"""Province, city and district as a target's list wants them.

悟空CRM 11.0 (crm-targets.md 1.6, vendor's source): the city must belong to the province and the
district to the city; the municipalities have a city of their own name (北京城区), 重庆 has 市辖区
and 县, counties under a province stand under 省直辖县级行政区划. A triple that is not in the list
fails the whole row, so its city and district stay empty and everything goes to the address.
Divisions: GB/T 2260, rules/tables/divisions.csv.
"""

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export.cells import by_distinct
from crmclean.export.findings import Findings
from crmclean.rules import _tables as lookup

MUNICIPAL = {"北京市": "北京城区", "天津市": "天津城区", "上海市": "上海城区"}
DIRECT = "省直辖县级行政区划"
DIRECT_OF_A_REGION = "自治区直辖县级行政区划"
#: Cities whose districts are towns and streets, which the national list does not hold.
WITHOUT_DISTRICTS = {"东莞市", "中山市", "儋州市", "嘉峪关市"}
SEPARATOR = "\x1f"
Triple = tuple[str | None, str | None, str | None]


def fit(columns: dict[str, pa.Array], found: Findings) -> dict[str, pa.Array]:
    """province, city, district and address, every triple in the target's list or in the address."""
    parts = [columns[name] for name in ("province", "city", "district")]
    joined = pc.binary_join_element_wise(*[pc.fill_null(p, "") for p in parts], SEPARATOR)
    coded = pc.dictionary_encode(joined)
    triples = [_fitted(text.split(SEPARATOR)) for text in coded.dictionary.to_pylist()]
    fitted = {}
    for place, name in enumerate(("province", "city", "district")):
        values = pa.array([triple and triple[place] for triple in triples], pa.string())
        fitted[name] = values.take(coded.indices)
    unknown = pa.array([triple is None for triple in triples]).take(coded.indices)
    if not pc.any(unknown).as_py():
        return {**columns, **fitted}
    whole = pc.replace_substring(joined, SEPARATOR, "")
    found.note("TARGET_AREA", unknown, "district", "区", whole)
    province = columns["province"]
    known = pc.is_in(province, pa.array(sorted(_provinces())))
    fitted["province"] = pc.if_else(pc.and_(unknown, known), province, fitted["province"])
    both = pc.binary_join_element_wise(whole, pc.fill_null(columns["address"], ""), SEPARATOR)
    moved = by_distinct(pc.if_else(unknown, both, pa.scalar(None, pa.string())), _together)
    fitted["address"] = pc.if_else(unknown, moved, columns["address"])
    return {**columns, **fitted}


def _together(both: str | None) -> str | None:
    area, _, address = (both or "").partition(SEPARATOR)
    return address if address.startswith(area) else area + address


def _fitted(parts: list[str]) -> Triple | None:
    """The triple in the target's words, or None where it is not in the list.

    >>> _fitted(["北京市", "北京市", "朝阳区"])
    ('北京市', '北京城区', '朝阳区')
    >>> _fitted(["江苏省", "苏州市", "朝阳区"]) is None
    True
    """
    province, city, district = (part or None for part in parts)
    if province is None:
        return None if city or district else (None, None, None)
    if province not in _provinces():
        return None
    if province in MUNICIPAL or province == "重庆市":
        return _municipal(province, city, district)
    if city is None:
        return None if district else (province, None, None)
    cities = _provinces()[province]
    if city in cities.get(DIRECT, frozenset()) | cities.get(DIRECT_OF_A_REGION, frozenset()):
        return (province, DIRECT, city) if district in (None, city) else None
    if city not in cities:
        return None
    if district is None or (district in cities[city] and city not in WITHOUT_DISTRICTS):
        return (province, city, district)
    return None


def _municipal(province: str, city: str | None, district: str | None) -> Triple | None:
    if city is None and district is None:
        return (province, None, None)
    all_districts = frozenset().union(*_provinces()[province].values())
    if district is not None and district not in all_districts:
        return None
    if province == "重庆市":
        county = district is not None and district.endswith("县")
        return (province, "县" if county else "市辖区", district)
    return (province, MUNICIPAL[province], district)


@cache
def _provinces() -> dict[str, dict[str, frozenset[str]]]:
    """province → city → districts, by name."""
    names = {line["code"]: line["name"] for line in lookup.table("divisions")}
    found: dict[str, dict[str, set[str]]] = {
        name: {} for code, name in names.items() if len(code) == 2
    }
    for code, name in names.items():
        if len(code) == 4:
            found[names[code[:2]]].setdefault(name, set())
        elif len(code) == 6:
            found[names[code[:2]]].setdefault(names[code[:4]], set()).add(name)
    return {p: {c: frozenset(d) for c, d in cities.items()} for p, cities in found.items()}
