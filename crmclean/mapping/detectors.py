"""What one text looks like: one detector per kind of value, and their rates over samples.

Cheap, whole-match forms in the spirit of the rules, but not the rules themselves: a dirty phone
(`138 1234 5678 张总`) must count as a phone here, where the rule would refuse it.
Detectors of dirty-input.md C3, step 4.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence

from crmclean.rules import _divisions, placeholder
from crmclean.rules._tables import surnames

#: Samples looked at: distinct values, so a few tens say it.
ENOUGH = 60
YES_NO = frozenset("是 否 有 y n yes no true false 0 1 √ × ✓ 对 错".split())  # noqa: SIM905

_HAN = r"[\u3400-\u9fff]"
_COMPANY = re.compile(
    r"公司|集团|厂$|厂[（(]|商行|经营部|合作社|事务所|研究[院所]|中心$|医院|学校|大学|学院|酒店|超市|"
    r"宾馆|饭店|商场|百货|银行|诊所|药[店房]|会所|俱乐部|中学|小学|幼儿园|法院|委员会|农场|林场|煤矿|[一-龥]{2}局$|"
    r"门店|分店|工作室|商贸|科技|贸易|有限|个体|\b(?:ltd|limited|inc|llc|gmbh|corp|company|co)\b",
    re.I,
)
_ADDRESS = re.compile(
    rf"{_HAN}(?:省|市|区|县|镇|乡|村|路|街|道|巷|弄|大厦|广场|园)|\d+\s*(?:号|室|楼|栋|幢|层)|"
    r"\b(?:road|rd|street|st|avenue|ave|lane|building|floor)\b",
    re.I,
)
_REGION = re.compile(rf"{_HAN}{{2,8}}(?:省|市|区|县|州|盟|旗)")
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}日?)?(?:[ T]+\d{1,2}[:：时].*)?|"
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d|\d{4})(?:\s.*)?|"
    r"[34]\d{4}(?:\.\d+)?|\d{1,2}月\d{1,2}日?|\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*[ -]\d{2,4}",
    re.I,
)
_AMOUNT = re.compile(
    r"(?:rmb|cny|usd|¥|￥|\$|约|近)?\s*-?\d[\d,]*(?:\.\d+)?\s*(?:元|千|万|百万|亿|w|k|万元|亿元)?(?:左右|以上)?",
    re.I,
)
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:(?:\+|00)?86)?0?\d{2,3}\d{7,8}(?:\d{1,5})?|[48]00\d{7}|\d{7,8}")

_FREE = re.compile(r"[，。；！？]|.{25}")


def detect(samples: Sequence[str]) -> dict[str, float]:
    """The share of telling samples that look like each kind; empty without any.

    >>> rates = detect(["13812348000", "138-1234-8001", "无"])
    >>> rates["mobile"], rates["email"]
    (1.0, 0.0)
    """
    texts = [text for text in map(_tidy, samples[:ENOUGH]) if not says_nothing(text)]
    if not texts:
        return {}
    rates = {kind: sum(map(test, texts)) / len(texts) for kind, test in DETECTORS.items()}
    named = [_is_person(text) and not (text.isascii() or _is_place(text)) for text in texts]
    rates["person"] = sum(named) / len(texts)  # in Chinese: two Latin words may be a place
    rates["serial"] = float(_is_serial(texts))
    return rates


def says_nothing(text: str) -> bool:
    """A blank, a word for nothing, or a 同上."""
    try:
        return not placeholder.clean(text.strip())
    except ValueError:
        return True


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _digits(text: str) -> str:
    return re.sub(r"[\s\-()+.转]", "", text)


def _is_mobile(text: str) -> bool:
    return any(_MOBILE.fullmatch(_digits(part)) for part in _pieces(text))


def _is_landline(text: str) -> bool:
    return not _is_mobile(text) and any(
        _LANDLINE.fullmatch(_digits(part)) and not _is_compact_date(part) for part in _pieces(text)
    )


def _is_compact_date(text: str) -> bool:
    return bool(
        re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", text.strip())
    )


def _pieces(text: str) -> list[str]:
    text = re.sub(
        rf"\.0$|^[^\d+(]*|[^\d)]*$|{_HAN}+[:：]?", lambda hit: "转" if hit[0] == "转" else " ", text
    )
    return [text, *re.split(r"[/,;、，；|]| {2,}|(?<=\d{7}) (?=1[3-9]\d)", text)]


def _is_person(text: str) -> bool:
    bare = re.sub(r"[（(].*|(?:先生|女士|小姐|总|经理|主任|老师|工|总监)$", "", text).strip()
    if re.fullmatch(rf"{_HAN}{{1,4}}", bare):
        return (bare[0] in surnames()[0] or bare[:2] in surnames()[1]) and (
            len(bare) > 1 or bare != text
        )
    return bool(re.fullmatch(r"[A-Z][a-z]+(?: [A-Z]\.?)?(?: [A-Z][a-z'-]+){1,2}", text))


def _is_place(text: str) -> bool:
    """江苏 begins with the name of a family too."""
    levels = ("province", "city", "district")
    return any(_divisions.named(level, text) for level in levels)


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_\-./#]{0,31}", text)) and bool(
        re.search(r"\d", text)
    )


def _is_serial(texts: list[str]) -> bool:
    """1, 2, 3…: small whole numbers that grow by one, as in 序号."""
    numbers = [
        int(text) for text in texts if re.fullmatch(r"\d{1,7}(?:\.0)?", text) and "." not in text
    ]
    if len(numbers) < len(texts) or len(numbers) < 3:
        return False
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return all(step > 0 for step in steps) and numbers[0] <= 2 and numbers[-1] < 3 * len(numbers)


DETECTORS: dict[str, Callable[[str], bool]] = {
    "mobile": _is_mobile,
    "landline": _is_landline,
    "email": lambda text: bool(re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*", text)),
    "url": lambda text: bool(re.fullmatch(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:[/:]\S*)?", text, re.I)),
    "uscc": lambda text: bool(re.fullmatch(r"[0-9A-Z]{15}|[0-9A-Z]{18}|[0-9A-Z]{20}", text.upper())) and not _is_id(text),
    "resident_id": lambda text: _is_id(text),
    "date": lambda text: bool(_DATE.fullmatch(text)),
    "amount": lambda text: bool(_AMOUNT.fullmatch(text)) and len(_digits(text)) < 11,
    "integer": lambda text: bool(re.fullmatch(r"\d{1,4}次?", text)),
    "person_name": _is_person,
    "company_name": lambda text: bool(_COMPANY.search(text)),
    "address": lambda text: bool(_ADDRESS.search(text)) and not re.search("公司|集团", text),
    "region": lambda text: bool(_REGION.fullmatch(text)) or _is_place(text),
    "yes_no": lambda text: text.lower() in YES_NO,
    "code": _is_code,
    "number": lambda text: bool(re.fullmatch(r"-?\d+(?:\.\d+)?", text)),
    "words": lambda text: len(text) <= 16 and not re.search(r"\d{4}|@", text),
    "long_text": lambda text: bool(_FREE.search(text)),
}  # fmt: skip


def _is_id(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", text
        )
    )
