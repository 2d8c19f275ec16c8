"""What people write short: 一中, 附一院, 律所, 工行, 中石化, (股)公司. Written out before a name is parsed.

Only what everybody reads in one way is written out: the well-known ones stand in
words/abbreviations.csv, most of them for where only an office or a form follows (工行舟山分行, but
not 中行科技有限公司). A company's own short name (淮矿机械) is for the comparisons.
"""

import re

import numpy as np

from crmclean.dedupe import words
from crmclean.dedupe.spans import Spans
from crmclean.dedupe.tries import Trie

_NUMBER = "一二三四五六七八九十\\d"
_SCHOOL = re.compile(rf"([{_NUMBER}])([中小])$")
_HOSPITAL = re.compile(rf"附属?第?([{_NUMBER}])医?院(?=$|\()")
_ATTACHED = re.compile(r"(?<=.{2})附属?([中小])$")
_LEGAL = (("(股)公司", "股份有限公司"), ("(有)公司", "有限公司"), ("(有限)公司", "有限公司"))
_KNOWN = words.table("abbreviations")
_NARROW = frozenset(short for short, where in words.table("abbreviations", 2).items() if where)
_OFFICE = re.compile(
    r"(?:$|(?:集团|股份|有限|公司).*$|.{0,6}(?:[分支总]行|[分支]公司|分理处|储蓄所|营业[部厅]|网点|办事处|加油站)$)"
)
_SHORT = Trie(_KNOWN)
_SIZES = sorted({len(short) for short in _KNOWN}, reverse=True)
_LAST = "中小院)"


def write_out(names: Spans) -> Spans:
    """Chinese names in plain form with their abbreviations written out."""
    rows = np.flatnonzero(
        (_SHORT.longest(names, leave=0) >= 0) | names.ends_in(_LAST) | names.ends(")公司")
    )
    return names.reworked(rows, written_out)


def written_out(name: str) -> str:
    """A Chinese name in plain form with its abbreviations written out.

    >>> written_out("宁安一中"), written_out("医科大学附一院"), written_out("工行舟山分行")
    ('宁安第一中学', '医科大学附属第一医院', '中国工商银行舟山分行')
    """
    name = _head(name)
    if name.endswith(")公司"):
        for short, full in _LEGAL:
            name = name.removesuffix(short) + full if name.endswith(short) else name
    if not name.endswith(tuple(_LAST)):
        return name
    attached = "附" in name  # most names end here: no pattern need look at them
    name = _HOSPITAL.sub(r"附属第\1医院", name) if attached else name
    name = _SCHOOL.sub(r"第\1\2学", name) if name[-1] in "中小" else name
    name = name.replace("第第", "第")
    return _ATTACHED.sub(r"附属\1学", name) if attached else name


def _head(name: str) -> str:
    """The name with a well-known short name at its front in the one spelling that stands for all."""
    for size in _SIZES:
        short, rest = name[:size], name[size:]
        if short in _KNOWN and (short not in _NARROW or _OFFICE.match(rest)):
            return _KNOWN[short] + rest
    return name
