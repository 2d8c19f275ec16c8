"""No wrong value: the rules against values whose truth is known.

For each kind: a maker of true values, ways of writing them that can be read back (one per way
that legacy files do it), and ways that lose something. Read back means equal to the truth; what
is lost must stay as it was, with an issue. Anything else is a wrong value, and there may be none.

`make soak` runs 100,000 cells per kind; without it a few per way.
"""

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from crmclean import rules
from crmclean.rules import Parts, _checks, _tables

Way = Callable[[str, random.Random], str]
CELLS = 100_000 if os.environ.get("CRMCLEAN_SOAK") else 3000
WIDE = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
INVISIBLE = ["\u200b", "\ufeff", "\u200e", "\u2060", "\xad"]


def wide(text: str, _: random.Random) -> str:
    return text.translate(WIDE)


def padded(text: str, rng: random.Random) -> str:
    return (
        rng.choice([" ", "  ", "\t", "\u3000", "\xa0", "\r\n"]) + text + rng.choice([" ", "\n", ""])
    )


def ghosted(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(INVISIBLE) + text[place:]


def joined(sign: str, *cuts: int) -> Way:
    def write(text: str, _: random.Random) -> str:
        return sign.join(text[a:b] for a, b in pairwise([0, *cuts, len(text)]))

    return write


def framed(*forms: str) -> Way:
    return lambda text, rng: rng.choice(forms).format(text)


COMMON: list[Way] = [
    padded,
    ghosted,
    framed("{}_x000D_", "_x000D_{}"),
    framed("{}&nbsp;", "&nbsp;{}"),
]

# ── phone ──────────────────────────────────────────────────────────────────────────────────────


def a_mobile(rng: random.Random) -> str:
    return f"1{rng.choice('3456789')}{rng.randrange(10)}{rng.randrange(10_000_000, 99_999_999)}"


MOBILE: list[Way] = [
    *COMMON, wide,
    joined("-", 3, 7), joined(" ", 3, 7), joined(".", 3, 7), joined("－", 3, 7), joined("—", 3, 7),
    joined(" ", 4, 8), joined("-", 4, 8), joined("\u3000", 3, 7), joined("\xa0", 3, 7),
    framed("+86{}"), framed("+86 {}"), framed("+86-{}"), framed("0086{}"), framed("0086-{}"),
    framed("86{}"), framed("86-{}"), framed("(+86){}"), framed("（86）{}"), framed("0{}"),
    framed("17951{}", "12593{}"), framed("{}.0", "{}.00"), framed("'{}"), framed("手机:{}", "电话：{}", "Tel:{}"),
    framed("({})", "{};", "{}，", "、{}"),
    lambda text, rng: f"{text[0]}.{text[1:]}E+10",
]  # fmt: skip
MOBILE_LOST: list[Way] = [
    lambda text, rng: text[:-1],
    lambda text, rng: text[:-2],
    lambda text, rng: text + str(rng.randrange(10)),
    lambda text, rng: f"{text[0]}.{text[1:4]}E+10",
    lambda text, rng: text[:3] + "****" + text[7:],
    lambda text, rng: text[:7] + "XXXX",
    lambda text, rng: (
        text.replace(text[5], "O", 1) if text[5] == "0" else text[:5] + "l" + text[6:]
    ),
    lambda text, rng: text + "/" + text[-2:],
    lambda text, rng: text[:5] + "?" + text[6:],
    lambda text, rng: "2" + text[1:],
]


def a_landline(rng: random.Random) -> str:
    area = rng.choice(sorted(_tables.area_codes()))
    long = len(area) == 3 or area in _tables.of_eight_digits()
    size = 8 if long else rng.choice([7, 8])
    return f"{area}-{rng.randrange(2, 9)}{rng.randrange(10 ** (size - 1)):0{size - 1}}"


LANDLINE: list[Way] = [
    *COMMON, wide,
    lambda text, rng: text.replace("-", ""), lambda text, rng: text.replace("-", " "),
    lambda text, rng: text.replace("-", "—"), lambda text, rng: text.replace("-", " - "),
    lambda text, rng: text.replace("-", "－"), lambda text, rng: text.replace("-", "--"),
    lambda text, rng: "({}){}".format(*text.split("-")), lambda text, rng: "（{}）{}".format(*text.split("-")),
    lambda text, rng: "({}) {}".format(*text.split("-")), lambda text, rng: "+86-" + text[1:],
    lambda text, rng: "+86 " + text[1:].replace("-", " "), lambda text, rng: "0086-" + text[1:],
    lambda text, rng: "+86" + text[1:].replace("-", ""), lambda text, rng: text[:-4] + " " + text[-4:],
    lambda text, rng: text[:-4] + "-" + text[-4:],
    framed("电话:{}", "座机：{}", "TEL: {}"), framed("{};", "{}，"), framed("{}.0"),
]  # fmt: skip
LANDLINE_LOST: list[Way] = [
    lambda text, rng: text.partition("-")[2],
    lambda text, rng: text.replace("-", "")[1:],
    lambda text, rng: text[:-3],
    lambda text, rng: text[:-1] + "*",
    lambda text, rng: text + "/" + text[-2:],
    lambda text, rng: text[:-4] + "****",
]

# ── date ───────────────────────────────────────────────────────────────────────────────────────


def a_day(rng: random.Random) -> str:
    return (date(1990, 1, 1) + timedelta(days=rng.randrange(13_000))).isoformat()


def day(form: str) -> Way:
    """{y} {m} {d} as numbers, {mm} {dd} with zeros, {yy} two digits of the year."""

    def write(text: str, rng: random.Random) -> str:
        y, m, d = (int(part) for part in text.split("-"))
        named = date(y, m, d).strftime("%b")
        return form.format(y=y, m=m, d=d, mm=f"{m:02}", dd=f"{d:02}", yy=f"{y % 100:02}", roc=y - 1911, b=named,
                           cy=han_year(y), cm=han(m), cd=han(d), n=serial(y, m, d))  # fmt: skip

    return write


def han_year(year: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else "〇一二三"[tens] + "十"
    return before + ("" if ones == 0 else "〇一二三四五六七八九"[ones])


def serial(year: int, month: int, day_: int) -> int:
    return (date(year, month, day_) - date(1899, 12, 30)).days


DATE: list[Way] = [
    *COMMON, wide,
    *map(day, (
        "{y}年{m}月{d}日", "{y}年{mm}月{dd}日", "{y}年{mm}月{dd}号", "{y}年{m}月{d}", "{y} 年 {m} 月 {d} 日",
        "{y}.{m}.{d}", "{y}.{mm}.{dd}", "{y}/{m}/{d}", "{y}/{mm}/{dd}", "{y}-{m}-{d}", "{y}{mm}{dd}",
        "{y}{mm}{dd}.0", "{y}、{m}、{d}", "{y} {m} {d}", "{y}\\{m}\\{d}", "{y}。{m}。{d}", "{cy}年{cm}月{cd}日",
        "民国{roc}年{m}月{d}日", "{y}-{mm}-{dd} 00:00:00", "{y}-{mm}-{dd}T00:00:00", "{y}/{m}/{d} 0:00",
        "{y}-{mm}-{dd}T00:00:00+08:00", "{b} {d}, {y}", "{dd}-{b}-{y}", "{d} {b} {y}", "{n}", "{n}.0",
        "{yy}年{m}月{d}日", "{yy}.{m}.{d}", "{y}-{mm}-{dd} 00:00:00.000", "'{y}-{mm}-{dd}", "{y}年{m}月{d}日。",
    )),
]  # fmt: skip
DATE_LOST: list[Way] = [
    *map(day, ("{m}月{d}日", "{mm}-{dd}", "{y}年{m}月上旬", "{y}年第一季度", "{y}Q1", "{y}-13-{dd}", "{y}-{mm}-32",
               "{y}-02-30", "{y}.{m}.{d}-{y}.{m}.{d}", "{y}年{m}月底", "约{y}年", "{roc:03}/{mm}/{dd}", "昨天")),
    lambda text, rng: f"{text[5:7]}/{text[8:]}/{text[:4]}" if int(text[8:]) <= 12 and text[5:7] != text[8:] else "上周",
]  # fmt: skip

# ── the others ─────────────────────────────────────────────────────────────────────────────────


def an_amount(rng: random.Random) -> str:
    return str(
        rng.choice(
            [rng.randrange(1, 10**7), rng.randrange(1, 999) * 10_000, rng.randrange(1, 99) * 1000]
        )
    )


def in_wan(text: str) -> str:
    whole, rest = divmod(int(text), 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


AMOUNT: list[Way] = [
    *COMMON, wide,
    lambda text, rng: f"{int(text):,}", lambda text, rng: f"{int(text):,}.00", lambda text, rng: f"￥{int(text):,}",
    lambda text, rng: f"{int(text):,}元", lambda text, rng: f"{int(text):,}".replace(",", "，"),
    lambda text, rng: f"{int(text):,}".replace(",", " "), lambda text, rng: in_wan(text) + "万",
    lambda text, rng: in_wan(text) + "万元", lambda text, rng: "￥" + in_wan(text) + "万",
    lambda text, rng: in_wan(text) + " 万元", lambda text, rng: in_wan(text) + "w",
    framed("{}元", "{} 元", "{}元整"), framed("¥{}", "￥{}", "￥ {}"), framed("RMB{}", "RMB {}", "CNY {}", "人民币{}元"),
    framed("{}.0", "{}.00"), framed("+{}"), framed("{}元/年"), framed("'{}"), framed("{}。", "{};"), framed("0{}", "00{}"),
]  # fmt: skip
AMOUNT_LOST: list[Way] = [
    framed("约{}", "{}左右", "{}以上", "大概{}", "{}+", ">{}"), framed("{}-{}0".replace("{}0", "99999999")),
    framed("${}", "{}美元", "USD {}", "€{}"), framed("{}/月"), framed("{}%"), framed("{}（含税）"), framed("{}.1.2"),
    lambda text, rng: text[0] + "." + text[1:2] + "E+05", framed("面议{}"), framed("{},5"),
]  # fmt: skip


def a_uscc(rng: random.Random) -> str:
    body = (
        "91" + rng.choice(["310115", "440305", "110108"]) + "".join(rng.choices(_checks.USCC, k=9))
    )
    return next(body + check for check in _checks.USCC if _checks.uscc_holds(body + check))


def misread(right: str, wrong: str) -> Way:
    return lambda text, rng: text[:8] + text[8:].replace(right, wrong)


USCC: list[Way] = [
    *COMMON, wide, lambda text, rng: text.lower(), joined(" ", 2, 8, 17), joined("-", 2, 8, 17), joined(" ", 4, 8, 12),
    joined("\u3000", 9), joined(".", 9), misread("0", "O"), misread("1", "I"), misread("2", "Z"), misread("5", "S"),
    misread("0", "o"), framed("'{}", "`{}"), framed('"{}"'), framed("{}."),
]  # fmt: skip
USCC_LOST: list[Way] = [
    lambda text, rng: text[:17],
    lambda text, rng: text + "1",
    lambda text, rng: text[:12] + _checks.USCC[(_checks.USCC.index(text[12]) + 7) % 31] + text[13:],
    lambda text, rng: text[:9] + "******" + text[15:],
    lambda text, rng: "9.1310115E+17",
    lambda text, rng: text[:8] + "/" + text[8:],
]


def an_email(rng: random.Random) -> str:
    return f"{rng.choice(['zhang', 'li.si', 'w_wu', '12345678'])}{rng.randrange(100)}@{rng.choice(['example.com', 'mail.example.cn'])}"


EMAIL: list[Way] = [
    *COMMON, wide, lambda text, rng: text.upper(), lambda text, rng: text.title(),
    lambda text, rng: text.replace("@", "＠"), lambda text, rng: text.replace(".", "。"),
    lambda text, rng: text.replace("@", " @ "), lambda text, rng: text.replace(".", "．"),
    framed("mailto:{}", "邮箱:{}", "邮箱：{}"), framed("<{}>", "张三<{}>", "({})"), framed("{};", "{}，", "{}。"), framed('"{}"'),
]  # fmt: skip
EMAIL_LOST: list[Way] = [
    lambda text, rng: text.replace("@", ""),
    lambda text, rng: text.partition("@")[0],
    lambda text, rng: text.replace("@", "@@"),
    lambda text, rng: text.replace("@", "#"),
    lambda text, rng: "x " + text,
    lambda text, rng: text.partition("@")[0] + "@" + text.partition("@")[2].replace(".", ""),
]


def a_company(rng: random.Random) -> str:
    name = "".join(rng.choices("安博成达恒鸿嘉金凯隆铭诺瑞盛泰万祥鑫亿中", k=rng.randrange(2, 4)))
    place, trade = (
        rng.choice(["上海", "深圳市", ""]),
        rng.choice(["科技", "贸易", "机械设备", "咨询"]),
    )
    return (
        place
        + name
        + rng.choice(["（中国）", "（集团）", ""])
        + trade
        + rng.choice(["有限公司", "股份有限公司", "厂"])
    )


COMPANY: list[Way] = [
    *COMMON, lambda text, rng: text.replace("（", "(").replace("）", ")"), lambda text, rng: text.replace("（", " (").replace("）", ") "),
    lambda text, rng: " ".join(text), joined(" ", 2), joined("\u3000", 3), joined(" ", -4), joined("\n", 2),
    framed("*{}", "★{}", "{}*", "#{}"), framed("{}。", "{}，", "{};", "{}、"), framed("“{}”", '"{}"', "《{}》"), framed("{}-", "-{}"),
    framed("<b>{}</b>", "{}<br>"), framed("&nbsp;{}&nbsp;"), framed("{}（已注销）", "{}(停用)", "{}【作废】"), framed("{}-重复", "{}-旧"),
]  # fmt: skip
COMPANY_LOST: list[Way] = [
    framed("{}/某某贸易有限公司"),
    lambda text, rng: text[:2] + "\ufffd" + text[3:],
    lambda text, rng: "锟斤拷" + text[3:],
    lambda text, rng: "???" + text[-4:],
]


def a_person(rng: random.Random) -> str:
    return rng.choice(["王", "李", "张", "刘", "陈", "欧阳", "诸葛"]) + "".join(
        rng.choices("芳伟娜静丽强磊军洋勇艳杰", k=rng.randrange(1, 3))
    )


PERSON: list[Way] = [
    *COMMON, lambda text, rng: " ".join(text), lambda text, rng: "\u3000".join(text), joined(" ", 1), joined("\xa0", 1),
    framed("{}，", "{}。", "*{}"), framed("{}经理", "{}（经理）", "{}总经理", "{}-采购经理"), framed("{}先生", "{}女士", "{} 先生"),
    framed("{}13812345678", "{} 138-1234-5678", "13812345678 {}", "{}(13812345678)"), framed('"{}"'),
]  # fmt: skip
PERSON_LOST: list[Way] = [
    framed("13812345678"),
    lambda text, rng: text[0] + "\ufffd",
    framed("{}有限公司"),
]

KINDS = {
    "mobile": ("phone", {"want": "mobile"}, a_mobile, MOBILE, MOBILE_LOST),
    "landline": ("phone", {"want": "phone"}, a_landline, LANDLINE, LANDLINE_LOST),
    "date": ("date", {}, a_day, DATE, DATE_LOST),
    "amount": ("amount", {}, an_amount, AMOUNT, AMOUNT_LOST),
    "uscc": ("uscc", {}, a_uscc, USCC, USCC_LOST),
    "email": ("email", {}, an_email, EMAIL, EMAIL_LOST),
    "company": ("company_name", {}, a_company, COMPANY, COMPANY_LOST),
    "person": ("person_name", {}, a_person, PERSON, PERSON_LOST),
}


def read(kind: str, text: str, told: dict[str, str]) -> tuple[str, bool]:
    """What stands in the field afterwards, and whether a person is told."""
    try:
        said = rules.rule(kind).clean(text, **told)
    except ValueError:
        return text, True
    if isinstance(said, Parts):
        return said.values.get("", ""), bool(said.issues) or "" not in said.values
    return said, False


@pytest.mark.parametrize("name", KINDS)
def test_no_wrong_value(name: str) -> None:
    kind, told, make, ways, _ = KINDS[name]
    rng = random.Random(20240615)
    missed = []
    for way in ways:
        for _ in range(max(1, CELLS // len(ways))):
            truth = make(rng)
            dirty = way(truth, rng)
            after, flagged = read(kind, dirty, told)
            assert after == truth or (flagged and after == dirty), (dirty, after, truth)
            if after != truth:
                missed.append(dirty)
    assert len(missed) <= CELLS * 0.01, missed[:20]


@pytest.mark.parametrize("name", KINDS)
def test_what_is_lost_stays_and_is_told(name: str) -> None:
    kind, told, make, _, ways = KINDS[name]
    rng = random.Random(7)
    for way in ways:
        for _ in range(max(1, CELLS // len(ways) // 4)):
            truth = make(rng)
            dirty = way(truth, rng)
            after, flagged = read(kind, dirty, told)
            assert (after, flagged) == (dirty, True) or after == truth, (dirty, after, truth)


def test_there_are_many_ways() -> None:
    for name, (_, _, _, ways, lost) in KINDS.items():
        least = 30 if name in ("mobile", "date") else 15
        assert len(ways) + len(lost) >= least, name
