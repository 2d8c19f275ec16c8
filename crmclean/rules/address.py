"""Addresses: kept whole, and province, city and district read from their beginning

The text itself is only tidied. Province, city and district come from the address alone, against
GB/T 2260: a district that only one city has proves its city, an ambiguous one does not. Names
that contradict each other (广东省杭州市) and abolished names give an issue and no region.

Source: GB/T 2260; dirty-input.md M13.

>>> clean("广东省深圳市南山区科技园 1 号").values
{'': '广东省深圳市南山区科技园 1 号', 'province': '广东省', 'city': '深圳市', 'district': '南山区'}
>>> clean("杭州西湖区文三路1号").values
{'': '杭州西湖区文三路1号', 'province': '浙江省', 'city': '杭州市', 'district': '西湖区'}
>>> clean("上海市浦东新区世纪大道1号").values
{'': '上海市浦东新区世纪大道1号', 'province': '上海市', 'city': '上海市', 'district': '浦东新区'}
>>> clean("科技园1号楼"), clean("朝阳区建国路1号")
('科技园1号楼', '朝阳区建国路1号')
>>> clean("广东省杭州市西湖区").issues
[('REGION_CONTRADICTION', None)]
"""

import pyarrow as pa

from crmclean.rules import Parts, _characters, _divisions
from crmclean.rules.text import judged

FORM = _characters.LINE


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """All of them: each is read for its region."""
    return pa.repeat(True, len(values))


def clean(text: str, /, **_: object) -> str | Parts:
    """The address with its region as parts. Raises ValueError TEXT_LOST_CHARACTERS."""
    judgement = judged(_characters.tidy(text))
    plain = judgement.values[""] if isinstance(judgement, Parts) else judgement
    issues = list(judgement.issues) if isinstance(judgement, Parts) else []
    place, issue = _divisions.of_address(plain)
    issues += [issue] if issue else []
    return Parts({"": plain, **place}, issues) if place or issues else plain
