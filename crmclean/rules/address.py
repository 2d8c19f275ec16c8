"""Addresses: kept whole; province, city and district are read from their beginning

The text itself is only tidied. Province, city and district come from the address alone, against
GB/T 2260: a district that only one city has proves its city, an ambiguous one does not. Names
that contradict each other (广东省杭州市) and abolished names give an issue and no region.

Source: GB/T 2260; dirty-input.md M13.

>>> clean("广东省深圳市南山区科技园 1 号\u3000"), clean("文三路&nbsp;１号")
('广东省深圳市南山区科技园 1 号', '文三路 1号')
>>> region("广东省深圳市南山区科技园 1 号")
('广东省', '深圳市', '南山区', None, None)
>>> region("杭州西湖区文三路1号"), region("上海市浦东新区世纪大道1号")
(('浙江省', '杭州市', '西湖区', None, None), ('上海市', '上海市', '浦东新区', None, None))
>>> {region(text)[0] for text in ("朝阳区建国路1号", "南京路1号", "中山东一路12号", "桥东区")}
{None}
>>> region("广东省杭州市西湖区")
(None, None, None, 'REGION_CONTRADICTION', None)
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Aside, Parts, _characters, _regions
from crmclean.rules.text import judged, quick, sound

__all__ = ["FORM", "aside", "clean", "quick", "sound"]

FORM = _characters.LINE
LEVELS = ("province", "city", "district")
#: Up to four steps that end in a word for a region, with a road right behind them; addresses
#: repeat these beginnings, so that only distinct ones are read. No region has a digit in its name.
_BEGINNING = (
    rf"\A(?P<steps>(?:[^省市区县旗州盟]{{1,14}}[省市区县旗州盟]{{1,3}}){{1,4}}{_regions.NAMESAKE}?)"
)
_SHORT = 8
#: What is written before an address.
_BEFORE = (
    "\\A(?:[\u4e00-\u9fff]{0,4}地址 ?[:：] ?)?"
    "(?:[（(\\[]?(?:邮编|邮政编码)? ?[:：]? ?[0-9]{6}[）)\\]]?[ ,，、]*)?"
)


def clean(text: str, /, **_: object) -> str | Parts:
    """The address on one line. Raises ValueError TEXT_LOST_CHARACTERS."""
    return judged(_characters.tidy(text))


def region(text: str) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """(province, city, district, code of an issue, its suggestion) of one address."""
    place, issue = _regions.of_address(re.sub(_BEFORE, "", text))
    return (*(place.get(level) for level in LEVELS), *(issue or (None, None)))


def aside(values: pa.Array, /) -> Aside:
    """The regions of addresses."""
    bare = pc.replace_substring_regex(values, _BEFORE, "")
    worded = pc.replace_substring_regex(bare, r"[0-9](?s:.*)\z", "").dictionary_encode()
    steps = pc.struct_field(pc.extract_regex(worded.dictionary, _BEGINNING), "steps")
    short = pc.utf8_slice_codeunits(worded.dictionary, 0, _SHORT)
    begun = pc.coalesce(steps, short).dictionary_encode()
    read = [region(text) for text in begun.dictionary.to_pylist()]
    columns = zip(*read, strict=True) if read else [()] * 5
    places = begun.indices.take(worded.indices)
    *parts, codes, suggestions = (pa.array(column, pa.string()).take(places) for column in columns)
    return Aside(dict(zip(LEVELS, parts, strict=True)), codes, suggestions, "REGION_CONTRADICTION")
