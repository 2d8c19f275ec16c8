"""Amounts, counts, yes and no."""

from random import Random

from truth.ways import QUOTES, SPACES, Kind, Way, form

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def han(number: int) -> str:
    """A number below 10^12 in Chinese numerals, by the rules of the language."""
    parts, behind = [], ""
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, size)
        if section:
            zero = "零" if parts and (section < 1000 or behind) else ""
            parts.append(zero + _section(section) + unit)
            behind = ""
        elif parts:
            behind = "零"
    return "".join(parts) or "零"


def _section(number: int) -> str:
    text, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return text


def an_amount(rng: Random) -> str:
    return str(
        rng.choice(
            [rng.randrange(1, 10**7), rng.randrange(1, 999) * 10_000, rng.randrange(1, 99) * 1000]
        )
    )


def in_wan(text: str) -> str:
    whole, rest = divmod(int(text), 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


def grouped(pattern: str, sign: str = ",") -> Way:
    def write(text: str, rng: Random) -> str:
        written = f"{int(text):,}"
        return pattern.format(written.replace(",", sign) if len(text) != 6 or sign != " " else text)

    return write


def wan(*patterns: str) -> Way:
    return lambda text, rng: rng.choice(patterns).format(in_wan(text))


def numerals(pattern: str) -> Way:
    return lambda text, rng: pattern.format(han(int(text)))


def formal(pattern: str) -> Way:
    return lambda text, rng: pattern.format(han(int(text)).translate(FORMAL))


AMOUNT: dict[str, Way] = {
    **SPACES, **QUOTES, "thousands": grouped("{}"), "thousands and cents": grouped("{}.00"), "￥ and thousands": grouped("￥{}"), "thousands and 元": grouped("{}元"),
    "wide thousands": grouped("{}", "，"), "spaced thousands": grouped("{}", " "), "万": wan("{}万"), "万元": wan("{}万元", "{} 万元"), "￥万": wan("￥{}万"), "w": wan("{}w", "{}W"),
    "元": form("{}元", "{} 元"), "元整": form("{}元整"), "块": form("{}块", "{}块钱"), "¥": form("¥{}", "￥{}", "￥ {}"), "RMB": form("RMB{}", "RMB {}", "{}RMB"),
    "CNY": form("CNY {}", "{} CNY"), "人民币": form("人民币{}元", "{}元人民币"), "zeros": form("{}.0", "{}.00"), "plus": form("+{}"), "a year": form("{}元/年"), "marks": form("{}。", "{};"),
    "leading zeros": form("0{}", "00{}"), "numerals": numerals("{}"), "numerals 元": numerals("{}元"), "formal": formal("{}元整"), "formal with 人民币": formal("人民币{}元整"),
}  # fmt: skip
AMOUNT_LOST: dict[str, Way] = {
    "about": form("约{}", "{}左右", "大概{}"), "more": form("{}以上", "{}+", ">{}"), "range": form("{}-99999999", "{}~99999999"), "dollars": form("${}", "{}美元", "USD {}"), "euros": form("€{}", "{}欧元"),
    "a month": form("{}/月"), "per cent": form("{}%"), "with tax": form("{}（含税）"), "two points": form("{}.1.2"), "exponent": lambda text, rng: text[0] + "." + text[1:2] + "E+05",
    "open": form("面议{}"), "European": form("{},5"), "spoken": form("一万二", "三百五"), "circled": form("①{}"), "some": form("几万", "十几万", "上百万"), "a piece": form("{}元/台"),
    "two": form("{}万、60万"), "other zone": form("HK${}", "{}港币"),
}  # fmt: skip


def amount_in_wan(rng: Random) -> str:
    return str(rng.randrange(1, 90_000) * 100)


UNIT: dict[str, Way] = {
    **{name: lambda text, rng, way=way: way(in_wan(text), rng) for name, way in {**SPACES, **QUOTES}.items()},
    "bare": wan("{}"), "万": wan("{}万", "{}万元"), "元": form("{}元"), "thousands 元": grouped("{}元"),
    "亿": lambda text, rng: f"{int(text) / 10**8:.8f}".rstrip("0").rstrip(".") + "亿", "w": wan("{}w"), "块": form("{}块"),
}  # fmt: skip
UNIT_LOST: dict[str, Way] = {
    "￥": wan("￥{}"), "numerals": form("五十", "三百"), "千": form("3千"), "range": wan("{}-99999"), "about": wan("约{}"), "dollars": wan("${}"),
}  # fmt: skip


def a_count(rng: Random) -> str:
    return str(rng.randrange(1, 99_999))


COUNT: dict[str, Way] = {
    **SPACES, **QUOTES, "次": form("{}次", "{} 次"), "人": form("{}人", "{}名", "{}个"), "zeros": form("{}.0", "{}.00"), "plus": form("+{}"), "thousands": grouped("{}"),
    "numerals": numerals("{}"), "numerals 次": numerals("{}次"), "formal": formal("{}"), "leading zeros": form("0{}", "00{}"), "marks": form("{}。", "{};"), "wide thousands": grouped("{}", "，"),
}  # fmt: skip
COUNT_LOST: dict[str, Way] = {
    "fraction": form("{}.5"), "range": form("{}-99999", "{}~99999次"), "more": form("{}+", "{}以上"), "about": form("约{}次"), "exponent": form("1.2E+05"), "some": form("几次", "多次"),
    "circled": form("①{}"), "power": form("{}²"), "note": form("{}次（含电话）"), "ordinal": form("第{}次"),
}  # fmt: skip


def an_answer(rng: Random) -> str:
    return rng.choice(["是", "否"])


def said(yes: str, no: str) -> Way:
    return lambda text, rng: yes if text == "是" else no


ANSWER: dict[str, Way] = {
    **SPACES, "quotes": form('"{}"', "'{}"), "y": said("y", "n"), "Y": said("Y", "N"), "wide Y": said("Ｙ", "Ｎ"), "yes": said("yes", "no"), "YES": said("YES", "NO"), "true": said("true", "false"),
    "TRUE": said("TRUE", "FALSE"), "T": said("T", "F"), "1": said("1", "0"), "1.0": said("1.0", "0.0"), "tick": said("√", "×"), "ticks": said("✓", "✗"), "boxes": said("☑", "☐"), "有": said("有", "无"),
    "是的": said("是的", "不是"), "stop": form("{}。"),
}  # fmt: skip
ANSWER_LOST: dict[str, Way] = {
    "both": form("是/否"), "perhaps": form("看情况"), "2": form("2"), "x": form("x", "X"), "o": form("O"), "box": form("■", "□"), "v": form("v"), "with a name": form("是（张三）"), "word": form("决策人"),
    "minus": form("负"),
}  # fmt: skip

KINDS = {
    "amount": Kind("customer.annual_purchase", an_amount, AMOUNT, AMOUNT_LOST),
    "amount in 万": Kind("customer.annual_purchase", amount_in_wan, UNIT, UNIT_LOST, unit="万"),
    "integer": Kind("lead.follow_up_count", a_count, COUNT, COUNT_LOST),
    "yes_no": Kind("contact.decision_maker", an_answer, ANSWER, ANSWER_LOST),
}
