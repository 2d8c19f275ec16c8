"""Picklists, levels, tags and texts."""

from random import Random

from truth.ways import DESTROYED, GARBLED, QUOTES, SPACES, Kind, Way, form, inside

SOURCES = {
    "行业展会": "展会",
    "客户转介绍": "转介绍",
    "线上官网咨询": "官网",
    "线上广告": "网络广告",
    "电话拜访": "电销",
    "搜索引擎": "百度",
}
STATUS = {"潜在": "潜在客户", "意向": "意向客户", "成交": "已成交", "流失": "已流失"}
LEVELS = {"VIP": "VIP客户", "重点": "重点客户", "普通": "普通客户"}


def one_of(known: dict[str, str]) -> dict[str, Way]:
    return {
        **SPACES, **QUOTES, **GARBLED, "stop": form("{}。", "{}，"), "semicolon": form("{};", "{}；"), "spaced": lambda text, rng: " ".join(text), "synonym": lambda text, rng: known[text],
        "synonym with a space": lambda text, rng: known[text] + " ", "small letters": lambda text, rng: text.lower(),
    }  # fmt: skip


PICK_LOST: dict[str, Way] = {
    **DESTROYED, "two": form("{}/其他的", "{},另一个"), "not": form("非{}"), "number": form("1", "99"), "note": form("{}（老）"), "made up": form("某某"), "letters": form("XYZ"),
}  # fmt: skip


def a_tagging(rng: Random) -> str:
    return "、".join(
        rng.sample(
            ["重点", "华东", "VIP", "A/B测试", "C#", "老客户", "2024签约"], k=rng.randrange(1, 4)
        )
    )


def tags(sign: str) -> Way:
    return lambda text, rng: sign.join(text.split("、"))


TAGS: dict[str, Way] = {
    **{name: way for name, way in SPACES.items() if name not in ("line end", "line before")}, "commas": tags(","), "wide commas": tags("，"), "semicolons": tags(";"), "wide semicolons": tags("；"), "bars": tags("|"), "lines": tags("\n"), "spaced": tags(" ， "),
    "twice": lambda text, rng: text + "、" + text.split("、")[0], "mark behind": form("{}、", "{},"), "mark before": form("、{}", ",{}"), "two marks": tags(",,"), "list": lambda text, rng: "[" + ", ".join(f'"{tag}"' for tag in text.split("、")) + "]",
}  # fmt: skip


def a_sentence(rng: Random) -> str:
    return rng.choice(
        [
            "客户要求（含税）报价，下周回复",
            "已拜访3次，意向较强！",
            "ABC系统对接：接口文档v2.0",
            "张三说：“先试用”",
            "价格>100，数量<50",
        ]
    ) + str(rng.randrange(999))


TEXT: dict[str, Way] = {
    **{name: way for name, way in SPACES.items() if name not in ("line separator",)}, **GARBLED, "spaces inside": lambda text, rng: text.replace("，", "，  ").replace("，  ", "，"), "wide digits": lambda text, rng: text[:-1] + chr(ord(text[-1]) + 0xFEE0),
    "wide letters": lambda text, rng: text.replace("ABC", "ＡＢＣ"), "several ghosts": lambda text, rng: inside("\u200b")(inside("\ufeff")(text, rng), rng), "div": form("<div>{}</div>"), "strong": form("<strong>{}</strong>"), "entity in front": form("&emsp;{}", "&#160;{}"),
    "tabs": form("\t\t{}\t"),
}  # fmt: skip
TEXT_LOST: dict[str, Way] = {
    **DESTROYED, "烫烫烫": form("烫烫烫{}"), "屯屯屯": form("屯屯屯{}"), "replaced inside": lambda text, rng: text[:2] + "\ufffd\ufffd" + text[2:],
}  # fmt: skip

KINDS = {
    "picklist": Kind("customer.source", lambda rng: rng.choice(list(SOURCES)), one_of(SOURCES), PICK_LOST),
    "status": Kind("customer.status", lambda rng: rng.choice(list(STATUS)), one_of(STATUS), PICK_LOST),
    "level": Kind("customer.value_level", lambda rng: rng.choice(list(LEVELS)), one_of(LEVELS), PICK_LOST),
    "tags": Kind("customer.tags", a_tagging, TAGS, {}),
    "text": Kind("customer.department", a_sentence, TEXT, TEXT_LOST),
    "long_text": Kind("customer.remark", a_sentence, TEXT, TEXT_LOST),
}  # fmt: skip
