"""Dirty Chinese customer records with a known truth, for the duplicate benchmarks.

Vocabulary: 200,000 real registered names with their city and address (the path is given on the
command line; the file is not part of this project), so that nothing here comes from the product's
own word lists. Where more companies are wanted than the register holds, two characters of a real
name are exchanged for others drawn from the register. People, telephones and credit codes are
invented. Corruption rates stand in RATES. They and the seeds were fixed before the engine was
tuned: tuning used TUNING_SEED, the published scores use SCORING_SEEDS.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TUNING_SEED = 7
SCORING_SEEDS = (101, 202, 303)

#: How often each thing happens to a duplicate record (the first record of a company is clean but
#: for missing values).
RATES = {
    "no_form": 0.20,  # 有限公司 left out
    "other_form": 0.10,  # 有限责任公司 for 有限公司
    "short": 0.06,  # only the beginning of the name after the place
    "no_place": 0.20,
    "place_in_brackets": 0.08,
    "homophone": 0.06,
    "typo": 0.03,
    "dropped_character": 0.03,
    "swapped": 0.02,
    "traditional": 0.04,
    "full_width": 0.05,
    "note": 0.04,  # (作废), -旧
    "no_uscc": 0.55,
    "uscc_typo": 0.03,
    "no_phone": 0.25,
    "other_phone": 0.25,
    "no_contact": 0.25,
    "other_contact": 0.35,
    "no_address": 0.30,
    "short_address": 0.35,
    "other_address": 0.08,
    "no_city": 0.30,
}
#: Traps among companies: share of all companies.
TRAPS = {"branch": 0.06, "sibling": 0.06, "numbered": 0.02, "agent_phone": 0.03}
FORMS = ("有限责任公司", "股份有限公司", "有限公司", "公司")
SIBLING_TRADES = (
    "商贸",
    "物流",
    "置业",
    "餐饮管理",
    "电子商务",
    "机械设备",
    "文化传媒",
    "建筑劳务",
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉华建国志文斌辉鹏飞晓红梅鑫宇浩然子轩雨欣怡佳琪思远海波云龙春雷雪松林峰"


@dataclass(frozen=True)
class Company:
    name: str
    uscc: str
    phone: str
    contact: str
    address: str
    city: str
    province: str


def generate(register: Path, records: int, seed: int) -> pa.Table:
    """About `records` dirty records: name, uscc, phone, contact, address, city, cluster (truth)."""
    random = np.random.default_rng(seed)
    companies = _companies(register, int(records / 1.9), random)
    copies = 1 + random.geometric(0.5, len(companies)) * (random.random(len(companies)) < 0.5)
    rows = []
    for number, (company, times) in enumerate(zip(companies, copies, strict=True)):
        rows.append((*_first(company, random), number))
        rows.extend((*_dirty(company, random), number) for _ in range(min(times, 8) - 1))
    order = random.permutation(len(rows))
    columns = list(zip(*(rows[n] for n in order), strict=True))
    names = ("name", "uscc", "phone", "contact", "address", "city", "cluster")
    return pa.table({name: list(values) for name, values in zip(names, columns, strict=True)})


def one_character_apart(register: Path, limit: int = 20_000) -> tuple[pa.Table, np.ndarray]:
    """Real companies of one city whose names differ in one character, and the pairs of rows."""
    rows = pq.read_table(register).select(["name", "uscc", "city", "address"]).to_pylist()
    masks: dict[tuple[str, str], list[int]] = {}
    for n, row in enumerate(rows):
        for at in range(len(row["name"])):
            masks.setdefault(
                (row["city"], row["name"][:at] + "*" + row["name"][at + 1 :]), []
            ).append(n)
    pairs = sorted(
        {
            (one, two)
            for group in masks.values()
            if 1 < len(group) <= 10
            for i, one in enumerate(group)
            for two in group[i + 1 :]
            if rows[one]["uscc"] != rows[two]["uscc"] and rows[one]["name"] != rows[two]["name"]
        }
    )[:limit]
    used = sorted({n for pair in pairs for n in pair})
    place = {n: i for i, n in enumerate(used)}
    table = pa.table({c: [rows[n][c] for n in used] for c in ("name", "city", "address")})
    return table, np.array([(place[one], place[two]) for one, two in pairs])


def _companies(register: Path, count: int, random: np.random.Generator) -> list[Company]:
    real = pq.read_table(register).to_pylist()
    characters = "".join(row["name"][2:6] for row in real[:20_000])
    chosen = random.permutation(len(real))
    agents = [_phone(random) for _ in range(40)]
    made: list[Company] = []
    while len(made) < count:
        row = real[chosen[len(made) % len(real)]]
        name = row["name"] if len(made) < len(real) else _renamed(row, characters, random)
        phone = (
            agents[random.integers(40)]
            if random.random() < TRAPS["agent_phone"]
            else _phone(random)
        )
        company = Company(
            name, _uscc(row["uscc"][2:8], random), phone, _person(random),
            row["address"] or "", row["city"] or "", row["province"] or "",
        )  # fmt: skip
        made.append(company)
        made.extend(_traps(company, random))
    return made[:count]


def _traps(company: Company, random: np.random.Generator) -> list[Company]:
    """Other companies that look like this one."""
    draw = random.random()
    area = company.uscc[2:8]
    if not _ends(company.name):
        return []
    if draw < TRAPS["branch"]:
        city = ("广州", "成都", "武汉", "南京", "西安")[random.integers(5)]
        return [
            _like(company, random, name=f"{company.name}{city}分公司", uscc=_uscc(area, random))
        ]
    draw -= TRAPS["branch"]
    if draw < TRAPS["sibling"]:
        start = _start(company)
        trade = SIBLING_TRADES[random.integers(len(SIBLING_TRADES))]
        name = company.name[: start + 2] + trade + "有限公司"
        twin = _like(company, random, name=name, uscc=_uscc(area, random))
        return [twin] if name != company.name else []
    draw -= TRAPS["sibling"]
    if draw < TRAPS["numbered"]:
        stem = company.name[: len(company.name) - len(_ends(company.name))]
        return [
            _like(company, random, name=f"{stem}{number}厂", uscc=_uscc(area, random))
            for number in "一二"
        ]
    return []


def _like(company: Company, random: np.random.Generator, **changed: str) -> Company:
    """A company that shares telephone, person or address with another."""
    values = {**company.__dict__, **changed}
    if random.random() < 0.5:
        values["phone"] = _phone(random)
    if random.random() < 0.5:
        values["contact"] = _person(random)
    return Company(**values)


def _first(company: Company, random: np.random.Generator) -> tuple[str | None, ...]:
    return (
        company.name,
        company.uscc if random.random() > RATES["no_uscc"] else None,
        company.phone if random.random() > RATES["no_phone"] else None,
        company.contact if random.random() > RATES["no_contact"] else None,
        company.address if random.random() > RATES["no_address"] and company.address else None,
        company.city if random.random() > RATES["no_city"] and company.city else None,
    )


def _dirty(company: Company, random: np.random.Generator) -> tuple[str | None, ...]:
    name, uscc, phone, contact, address, city = _first(company, random)
    name = _dirty_name(company, random)
    if uscc and random.random() < RATES["uscc_typo"]:
        at = random.integers(8, 17)
        uscc = uscc[:at] + "0123456789"[random.integers(10)] + uscc[at + 1 :]
    if phone and random.random() < RATES["other_phone"]:
        phone = _phone(random)
    if contact and random.random() < RATES["other_contact"]:
        contact = _person(random)
    if address and random.random() < RATES["other_address"]:
        address = f"{company.city}市{_phone(random)[-3:]}号"
    elif address and random.random() < RATES["short_address"]:
        address = re.sub(r"^.{2,8}?[省市]|[号楼室层].*$", "", address) or address
    return name, uscc, phone, contact, address, city


def _dirty_name(company: Company, random: np.random.Generator) -> str:
    def happens(what: str) -> bool:
        return random.random() < RATES[what]

    name, form, start = company.name, _ends(company.name), _start(company)
    place, rest = name[:start], name[start:]
    branch = name.endswith(("分公司", "厂"))
    if form and not branch:
        body = rest[: len(rest) - len(form)]
        if happens("short") and len(body) > 4:
            body, form = body[: random.integers(3, 5)], ""
        elif happens("no_form"):
            form = ""
        elif happens("other_form"):
            form = "有限责任公司" if form == "有限公司" else "有限公司"
        rest = body + form
        if start and happens("place_in_brackets") and form:
            place, rest = "", f"{body}({place.rstrip('市省')}){form}"
    if place and happens("no_place"):
        place = ""
    for what, change in (
        ("homophone", _homophone),
        ("typo", _typo),
        ("swapped", _swap),
        ("dropped_character", _drop),
    ):
        if happens(what) and len(rest) >= 5:
            rest = change(rest, random)
    name = place + rest
    if happens("traditional"):
        name = _traditional().convert(name)
    if happens("full_width"):
        name = name.replace("(", "（").replace(")", "）") + " "
    return name + ("(作废)", "-旧", "(重复)")[random.integers(3)] if happens("note") else name


def _start(company: Company) -> int:
    """Where the name goes on after the place that it begins with."""
    best = 0
    for place in (company.province, company.city, company.province + "省" + company.city):
        for suffix in ("", "省", "市"):
            if place and company.name.startswith(place + suffix):
                best = max(best, len(place + suffix))
    return best


def _ends(name: str) -> str:
    return next((form for form in FORMS if name.endswith(form)), "")


def _renamed(row: dict, characters: str, random: np.random.Generator) -> str:
    name = row["name"]
    start = 0
    for place in (row["province"] or "", row["city"] or ""):
        for suffix in ("省", "市", ""):
            if place and name.startswith(place + suffix, start):
                start += len(place + suffix)
                break
    new = "".join(characters[n] for n in random.integers(0, len(characters), 2))
    return name[:start] + new + name[start + 2 :]


def _homophone(text: str, random: np.random.Generator) -> str:
    at = int(random.integers(0, min(4, len(text))))
    others = _same_sound().get(text[at], "")
    return text[:at] + others[random.integers(len(others))] + text[at + 1 :] if others else text


def _typo(text: str, random: np.random.Generator) -> str:
    at = int(random.integers(0, min(5, len(text))))
    return text[:at] + GIVEN[random.integers(len(GIVEN))] + text[at + 1 :]


def _swap(text: str, random: np.random.Generator) -> str:
    at = int(random.integers(0, min(4, len(text) - 1)))
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _drop(text: str, random: np.random.Generator) -> str:
    at = int(random.integers(0, min(5, len(text))))
    return text[:at] + text[at + 1 :]


@cache
def _same_sound() -> dict[str, str]:
    """Common characters by toned reading: what an input method offers next to the right one."""
    from pypinyin import Style, lazy_pinyin

    common = [chr(0x4E00 + n) for n in range(20_902) if _in_gb2312_first_level(chr(0x4E00 + n))]
    groups: dict[str, str] = {}
    for character, reading in zip(common, lazy_pinyin(common, style=Style.NORMAL), strict=True):
        groups[reading] = groups.get(reading, "") + character
    return {c: group.replace(c, "") for group in groups.values() for c in group}


def _in_gb2312_first_level(character: str) -> bool:
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


@cache
def _traditional() -> "object":
    from opencc import OpenCC

    return OpenCC("s2t")


def _phone(random: np.random.Generator) -> str:
    return f"1{'3578'[random.integers(4)]}{random.integers(10**9):09d}"


def _person(random: np.random.Generator) -> str:
    given = "".join(GIVEN[n] for n in random.integers(0, len(GIVEN), 1 + (random.random() < 0.86)))
    return SURNAMES[int(len(SURNAMES) * random.random() ** 2)] + given


def _uscc(area: str, random: np.random.Generator) -> str:
    """An invented credit code with a right check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    area = area if area.isdigit() and len(area) == 6 else "310000"
    body = "91" + area + "".join(alphabet[n] for n in random.integers(0, 31, 9))
    total = sum(alphabet.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return body + alphabet[-total % 31]
