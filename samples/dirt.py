"""How people and old systems spell a value: each function returns a dirty `Cell` and its truth.

`state` says what may be asked of a cleaner, by common sense:
    clean  it is right already
    fix    whoever reads the cell knows the right value for certain
    empty  it means "nothing": the right value is none
    keep   the right value cannot be known: it must stay as it was, with an issue (a date of which a
           part is known may be written as that part: `right`)
    may    leaving it and putting it right are both fine; any other value is wrong
"""

import random
from dataclasses import dataclass
from datetime import date, datetime

NOTHING = ("无", "暂无", "-", "/", "N/A", "不详", "待补充")
DUMMY_PHONES = ("13800138000", "13800000000", "12345678901", "11111111111")
SAME_SOUND = str.maketrans("川石林森舟桥原峰泽枫", "穿时霖深周乔源锋择丰")
TRADITIONAL = str.maketrans(
    "机电实业东广贸药环设备团单纺织医疗运动级术", "機電實業東廣貿藥環設備團單紡織醫療運動級術"
)
FULL_WIDTH = str.maketrans("0123456789@.", "０１２３４５６７８９＠．")
NUMERALS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Cell:
    shown: str | int | float | date | datetime | None
    right: str = ""
    state: str = "fix"
    second: str = ""  # a second phone number that stands in the same cell
    field: str = ""  # the field it belongs to, where that is not the column's


def plain(value: str | None) -> Cell:
    return Cell(value, value or "", "clean")


def nothing(rng: random.Random) -> Cell:
    return Cell(rng.choice(NOTHING), "", "empty")


def maybe(rng: random.Random, share: float, cell: Cell, placeholders: float = 0.25) -> Cell:
    """`cell` in `share` of the cases, else a blank or a word that means nothing."""
    if rng.random() < share:
        return cell
    return nothing(rng) if rng.random() < placeholders else Cell(None, "", "clean")


def mobile(rng: random.Random, number: str, other: str = "", person: str = "") -> Cell:
    """A mobile as typed; `other` is the person's second number."""
    if rng.random() < 0.05:
        return _lost_mobile(rng, number)
    if rng.random() < 0.02:
        return Cell(rng.choice(DUMMY_PHONES), "", "empty")
    if other and rng.random() < 0.05:
        joint = rng.choice(("/", "、", "，", ";", " ", "\n", " 或 "))
        return Cell(f"{number}{joint}{other}", number, second=other)
    spelled = rng.choice(_mobile_spellings(number, person))
    return Cell(spelled, number, "clean" if spelled == number else "fix")


def _mobile_spellings(number: str, person: str) -> tuple[str | int, ...]:
    a, b, c = number[:3], number[3:7], number[7:]
    usual = (number, number, number, int(number), int(number), f"{a}-{b}-{c}", f"{a} {b} {c}")
    rare = (
        f"+86 {number}", f"0086-{number}", f"86{number}", f"0{number}", f" {number} ",
        number.translate(FULL_WIDTH), f"{number}.0", f"手机：{number}", f"{number}(微信同号)",
        f"{number}（{person}）" if person else f"+86-{a}-{b}-{c}", f"'{number}", f"(+86){number}",
    )  # fmt: skip
    return usual + usual + rare


def _lost_mobile(rng: random.Random, number: str) -> Cell:
    lost = (
        f"{float(number):.2E}", f"{float(number):.5E}".replace("E+", "e+"), number[:-1],
        number + number[-1], number[:3] + "****" + number[7:], number[:7] + "O" + number[8:],
    )  # fmt: skip
    return Cell(rng.choice(lost), "", "keep")


def landline(rng: random.Random, number: str, extension: str = "") -> Cell:
    """A landline or 400 number; `number` is `0571-55512345`."""
    area, local = number.split("-", 1)
    if area == "400":
        digits = number.replace("-", "")
        shown = rng.choice((number, digits, f"400 {local.replace('-', ' ')}"))
        return Cell(shown, digits, "clean" if shown == digits else "fix")
    if rng.random() < 0.05:
        return Cell(local, "", "keep")  # no area code
    if extension and rng.random() < 0.12:
        mark = rng.choice(("-", "转", " 转 ", " ext."))
        return Cell(f"{area}-{local}{mark}{extension}", f"{number}-{extension}")
    spelled = (
        number, number, number, f"({area}){local}", f"（{area}）{local}", f"{area} {local}",
        f"{area}{local}", f"{area}—{local}", f"{area}-{local[:-4]}-{local[-4:]}",
        f"+86-{area[1:]}-{local}", f"电话:{number}", number.translate(FULL_WIDTH), f"{number} ",
    )  # fmt: skip
    shown = rng.choice(spelled)
    return Cell(shown, number, "clean" if shown == number else "fix")


def day(rng: random.Random, value: date, forms: str = "ymd") -> Cell:
    """A date in one of five forms and their relatives (`forms`: ymd or dmy)."""
    right = value.isoformat()
    y, m, d = value.year, value.month, value.day
    if forms == "dmy":
        return Cell(f"{d:02}/{m:02}/{y}", right)
    if rng.random() < 0.03:
        return Cell(rng.choice(("0000-00-00", "1900-01-01", "9999-12-31")), "", "empty")
    if rng.random() < 0.05:
        return _hopeless_day(rng, value)
    spelled: tuple[str | date, ...] = (
        value, value, f"{y}年{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m}/{d}", f"{y}{m:02}{d:02}", right,
        f"{y}年{m:02}月{d:02}号", f"{y % 100}.{m}.{d}", f"{y}-{m}-{d}", f"{y}／{m:02}／{d:02}",
        f"{right} 00:00:00", f"{_chinese_year(y)}年{_chinese(m)}月{_chinese(d)}日",
    )  # fmt: skip
    shown = rng.choice(spelled)
    return Cell(shown, right, "clean" if shown == right else "fix")


def _hopeless_day(rng: random.Random, value: date) -> Cell:
    y, m, d = value.year, value.month, value.day
    if rng.random() < 0.3:  # a part of a date is known, its day is not
        shown, part = rng.choice(
            ((f"{y}年{m}月", f"{y}-{m:02}"), (f"{y}年", f"{y}"), (f"{y}.{m}", f"{y}-{m:02}"))
        )
        return Cell(shown, part, "keep")
    hopeless = [f"{y}-02-30", f"{y}/6/31", f"{y}-13-05", "去年", f"{m}月"]
    if d <= 12 and d != m:  # nothing else in the column says which is the month
        hopeless = [f"{m}/{d}/{y}"]
    return Cell(rng.choice(hopeless), "", "keep")


def moment(rng: random.Random, value: datetime) -> Cell:
    """A date and a time of day, to the minute."""
    right = f"{value:%Y-%m-%d %H:%M}"
    half, hour = ("上午", value.hour) if value.hour < 12 else ("下午", value.hour - 12 or 12)
    spelled: tuple[str | datetime, ...] = (
        right, value, value, f"{value:%Y/%m/%d %H:%M}", f"{value:%Y-%m-%d %H:%M:%S}",
        f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}", f"{value:%Y.%m.%d %H:%M}",
        f"{value.year}/{value.month}/{value.day} {half}{hour}:{value:%M}", f"{value:%Y%m%d %H:%M}",
    )  # fmt: skip
    if rng.random() < 0.03:
        return Cell(rng.choice(("昨天下午", "上周三", f"{value.month}月{value.day}日")), "", "keep")
    shown = rng.choice(spelled)
    return Cell(shown, right, "clean" if shown == right else "fix")


def _chinese_year(year: int) -> str:
    return "".join(NUMERALS[int(c)] for c in str(year))


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{NUMERALS[tens]}十") + (
        NUMERALS[ones] if ones else ""
    )


def amount(rng: random.Random, value: int | None, unit: str) -> Cell:
    """A yearly amount; `unit` is what the column's heading says: 万 or 元."""
    if value is None:
        return Cell(None, "", "clean") if rng.random() < 0.8 else nothing(rng)
    if unit == "万":
        spelled: tuple[str | float, ...] = (
            value / 10000,
            f"{value // 10000}",
            f"{value // 10000}万",
        )
        return Cell(rng.choice(spelled), str(value))
    spelled = (
        value,
        str(value),
        f"{value:,}",
        f"￥{value:,}",
        f"{value // 10000}万",
        f"{value // 10000}万元",
        f"{value}元",
        f"{value}.00",
    )
    shown = rng.choice(spelled)
    return Cell(shown, str(value), "clean" if str(shown) == str(value) else "fix")


def uscc(rng: random.Random, code: str) -> Cell:
    if not code:
        return Cell(None, "", "clean")
    chance = rng.random()
    if chance < 0.03:  # a wrong check digit: nobody can tell which character is wrong
        wrong = "A" if code[-1] != "A" else "B"
        return Cell(code[:-1] + wrong, "", "keep")
    if chance < 0.05:
        return Cell(code[:12], "", "keep")
    if chance < 0.15:
        return Cell(
            rng.choice(
                (
                    code.lower(),
                    f" {code}",
                    f"{code[:8]} {code[8:]}",
                    f"{code[:2]}-{code[2:8]}-{code[8:]}",
                )
            ),
            code,
        )
    return plain(code)


def email(rng: random.Random, address: str) -> Cell:
    spelled = (
        address,
        address,
        address,
        f" {address}",
        address.replace("@", "＠"),
        address.upper(),
        f"mailto:{address}",
        f"{address};",
    )
    shown = rng.choice(spelled)
    if shown == address.upper():
        return Cell(shown, address, "may")
    return Cell(shown, address, "clean" if shown == address else "fix")


def choice(
    rng: random.Random, value: str, synonyms: dict[str, tuple[str, ...]], unknown: str = ""
) -> Cell:
    """A picklist value, a synonym of it, or a word the standard does not know."""
    if unknown and rng.random() < 0.04:
        return Cell(unknown, "", "keep")
    shown = rng.choice((value, value, *synonyms.get(value, ())))
    return Cell(shown, value, "clean" if shown == value else "fix")


def person(rng: random.Random, name: str) -> Cell:
    if len(name) == 2 and rng.random() < 0.2:
        return Cell(f"{name[0]}{rng.choice((' ', '　', '  '))}{name[1]}", name, "may")
    shown = rng.choice((name,) * 12 + (f" {name}", f"{name}　"))
    return Cell(shown, name, "clean" if shown == name else "fix")
