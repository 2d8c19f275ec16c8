"""Province, city and district by their official names

北京 is 北京市, 广东 is 广东省, 深圳 is 深圳市. A short name that several places share (朝阳 is a city,
and districts of two capitals; 吉林 a city and a province) is refused; a name that was abolished is refused with the new one as
a suggestion; a cell with the whole path gives its parts. What a code of a company or a telephone
suggests about the region is never written.

Source: GB/T 2260 as of 2023 (tables/divisions.csv), abolished names since 2002.

>>> clean("北京", level="province"), clean("内蒙古", level="province"), clean("深圳", level="city")
('北京市', '内蒙古自治区', '深圳市')
>>> clean("广东省深圳市南山区", level="province").values
{'province': '广东省', 'city': '深圳市', 'district': '南山区'}
>>> clean("孟津县", level="district")
Traceback (most recent call last):
ValueError: ('REGION_RENAMED', '孟津区')
>>> clean("江南", level="city")
Traceback (most recent call last):
ValueError: REGION_UNKNOWN
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _divisions, _regions

FORM = _characters.LINE


def doubt(values: pa.Array, /, level: str = "city", **_: object) -> pa.Array:
    """Everything that is not an official name of the level."""
    return pc.invert(pc.is_in(values, value_set=_divisions.official(level)))


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, level: str = "city", **_: object) -> str | Parts:
    """The official name, or the parts of a path. `level`: province, city, district.

    Raises ValueError REGION_UNKNOWN, REGION_AMBIGUOUS, REGION_RENAMED, REGION_CONTRADICTION."""
    plain = _characters.tidy(text).replace(" ", "").strip("-/,，、。")
    if level == "city" and _divisions.is_shared(plain):
        raise ValueError("REGION_AMBIGUOUS")
    names = _divisions.named(level, plain)
    if len(names) == 1:
        return names[0]
    if names:
        raise ValueError("REGION_AMBIGUOUS")
    place, rest = _regions.read(plain)
    if place and not rest:
        return Parts(place) if set(place) != {level} else place[level]
    renamed = _divisions.renamed(level, plain)
    if renamed:
        raise ValueError("REGION_RENAMED", renamed)
    raise ValueError("REGION_UNKNOWN")
