"""Words that stand for "nothing": 无, 暂无, N/A, --, 待补充

They become a missing value, with the word kept in the lineage; otherwise a gap would count as
filled and one word would make strangers alike. Which words, depends on the kind: `0` is no phone
and no name, but it is an amount; 无 is an answer to a yes/no question. A project adds its own
words. 同上 that no fill has resolved is refused: what it stood for is lost.

Source: dirty-input.md M06, M07.

>>> clean("暂无"), clean("N/A"), clean(" （无） "), clean("----"), clean("\\xa0"), clean("无锡")
('', '', '', '', '', '无锡')
>>> clean("0", kind="phone"), clean("0", kind="amount"), clean("待定", words=("待定",))
('', '0', '')
>>> clean("同上")
Traceback (most recent call last):
ValueError: DITTO_UNRESOLVED
"""

import re
import unicodedata
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

FORM = r"(?s:.*)"
WORDS = [
    "无",
    "暂无",
    "没有",
    "不详",
    "未知",
    "待补充",
    "暂缺",
    "空",
    "无数据",
    "未填",
    "未填写",
    "未提供",
    "不清楚",
    "不知道",
    "待定",
    "待确认",
    "待核实",
    "待补",
    "缺",
    "缺失",
    "略",
    "不明",
    "无此项",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "null",
    "none",
    "nil",
    "nan",
    "(null)",
    "(none)",
    "#n/a",
    "#null!",
    "undefined",
    "unknown",
    "tbd",
    "xx",
    "xxx",
    "xxxx",
    "?",
    "??",
    "???",
    "暂时没有",
    "暂未提供",
    "无信息",
]
_DITTO = {"同上", "同前", "〃", '"', "''", "″", "同左"}
#: Further words of the kinds where they cannot be a value.
_NUMBERS = ("0", "00", "000", "0000", "1", "11", "111", "123", "1234", "12345", "123456")
_TESTS = ("test", "abc", "aaa", "asdf", "qwe", "qwerty", "测试", "测试数据", "demo", "a", "x")
_DATES = ("0000-00-00", "0000-00-00 00:00:00", "1900-01-01", "1900-1-1", "1899-12-30", "9999-12-31",
          "1900/1/0", "1900-01-00", "0001-01-01", "9999-12-31 23:59:59", "1900-01-01 00:00:00", "0")  # fmt: skip
_MAILS = ("a@a.com", "123@qq.com", "test@test.com", "abc@abc.com", "1@1.com", "123@123.com", "0@qq.com",
          "xxx@xxx.com", "aaa@aaa.com", "a@b.c", "no@no.com", "test@qq.com", "null@null.com")  # fmt: skip
_OF_KIND: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("company_name", "reference", "person_name"), (*_NUMBERS, *_TESTS)),
    **dict.fromkeys(("phone", "uscc", "org_code", "url", "resident_id"), (*_NUMBERS, *_TESTS)),
    "email": (*_NUMBERS, *_TESTS, *_MAILS),
    "code": ("0", "00", "000", "0000"),
    **dict.fromkeys(("date", "datetime"), _DATES),
    **dict.fromkeys(("region", "address"), (*_NUMBERS, *_TESTS)),
    "industry": ("0", "00", "000", "0000", "test", "测试"),
}
#: Kinds for which some of the words are values: 无 answers a question, 空 may be a name.
_ANSWERS = {
    "yes_no": ("无", "没有", "na", "a", "x", "n.a", "n.a."),
    "person_name": ("空", "缺", "略"),
}
_ONLY_MARKS = re.compile(r"[-—–_/\\.。·…*#=~+|,，、;；:：!！()（）\[\]【】<>《》'‘’ ]+")
_LONGEST = 24


def clean(text: str, kind: str = "text", words: tuple[str, ...] = (), **_: object) -> str:
    """`text`, or "" where it means nothing. Raises ValueError DITTO_UNRESOLVED."""
    if len(text) > _LONGEST:
        return text
    key = text.strip().lower()
    known = _known(kind, words)
    if not key or key in known:  # a cell of blanks (&nbsp;) is nothing
        return ""
    if key in _DITTO:
        raise ValueError("DITTO_UNRESOLVED")
    if key[:1].isalnum() and key[-1:].isalnum() and key.isascii():
        return text
    if _ONLY_MARKS.fullmatch(key) and kind != "yes_no":
        return ""
    return "" if {_plain(key), key.strip("。.【】()（） ")} & known else text


def doubt(
    values: pa.Array, kind: str = "text", words: tuple[str, ...] = (), **_: object
) -> pa.Array:
    """The common spellings of the words, and 同上."""
    return pc.is_in(values, value_set=spellings(kind, words))


def nothing(values: pa.Array, kind: str, words: tuple[str, ...]) -> pa.Array:
    """Which values are a common spelling of a word for nothing."""
    spelt = spellings(kind, words)
    ditto = pc.is_in(spelt, value_set=pa.array(sorted(_DITTO)))
    return pc.is_in(values, value_set=spelt.filter(pc.invert(ditto)))


def _plain(key: str) -> str:
    bare = unicodedata.normalize("NFKC", key).lower().strip()
    if bare[:1] in "([【<" and bare[-1:] in ")]】>":
        bare = bare[1:-1]
    return bare.strip(" 。.!！,，;；、-—/") or bare


@cache
def _known(kind: str, words: tuple[str, ...]) -> frozenset[str]:
    known = {*WORDS, *_OF_KIND.get(kind, ()), *(_plain(word) for word in words)}
    return frozenset(known.difference(_ANSWERS.get(kind, ())))


@cache
def spellings(kind: str, words: tuple[str, ...]) -> pa.Array:
    """Known words as people write them: cases, brackets, a full stop; runs of marks."""
    spelt = set(_DITTO)
    for word in {*_known(kind, words), *words}:
        cases = {word, word.upper(), word.lower(), word.capitalize()}
        spelt |= {
            form.format(case)
            for case in cases
            for form in ("{}", "({})", "（{}）", "{}。", "【{}】")
        }
    if kind != "yes_no":
        spelt |= {mark * size for mark in "-—–_/\\.。*#=~+|·…,，、" for size in range(1, 9)}
        spelt |= {"-/-", "/-/", "- -", "-.-", "()", "（）"}
    return pa.array(sorted(spelt))
