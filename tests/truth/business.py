"""Companies and their numbers, industries."""

from random import Random

from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from truth.ways import DESTROYED, GARBLED, QUOTES, SPACES, Kind, Way, changed, form, joined

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NOTES = ("已注销", "停用", "作废", "重复", "不合作")


def a_company(rng: Random) -> str:
    name = "".join(rng.choices("安博成达恒鸿嘉金凯隆铭诺瑞盛泰万祥鑫亿", k=rng.randrange(2, 4)))
    return "".join(
        (
            rng.choice(["上海", "深圳市", ""]),
            name,
            rng.choice(["（中国）", "（集团）", ""]),
            rng.choice(["科技", "贸易", "机械设备", "咨询"]),
            rng.choice(["有限公司", "股份有限公司", "有限责任公司"]),
        )
    )


COMPANY: dict[str, Way] = {
    **SPACES, **GARBLED, "half brackets": lambda text, rng: text.replace("（", "(").replace("）", ")"), "one half bracket": changed("）", ")"),
    "square brackets": lambda text, rng: text.replace("（", "[").replace("）", "]"), "lenses": lambda text, rng: text.replace("（", "【").replace("）", "】"),
    "spaced brackets": lambda text, rng: text.replace("（", " (").replace("）", ") "), "spaced": lambda text, rng: " ".join(text), "gap": joined(" ", 2),
    "wide gap": joined("\u3000", 3), "gap before 公司": joined(" ", -2), "gap before the form": joined(" ", -4), "line inside": joined("\n", 2),
    "stars": form("*{}", "★{}", "{}*", "#{}", "@{}"), "marks": form("{}。", "{}，", "{};", "{}、", "{}...", "{}……"), "quotes": form("“{}”", '"{}"', "《{}》", "（{}）"), "half a quote": form("“{}", "{}”"),
    "dashes": form("{}-", "-{}", "{}--"), "note in brackets": lambda text, rng: rng.choice(["{}（{}）", "{}({})", "{}【{}】"]).format(text, rng.choice(NOTES)),
    "note behind a dash": lambda text, rng: f"{text}-{rng.choice(NOTES)}", "note before": lambda text, rng: f"{rng.choice(NOTES)}-{text}", "heading": form("客户名称：{}", "单位:{}", "公司名称: {}"),
}  # fmt: skip
COMPANY_LOST: dict[str, Way] = {
    **DESTROYED, "two": form("{}/某某贸易有限公司", "{}、某某贸易有限公司"), "two with a gap": form("{} 某某贸易有限公司", "{}\n某某贸易有限公司"), "two glued": form("{}某某贸易有限公司"), "two with 和": form("{}和某某贸易有限公司"),
    "person behind": form("{} 张三", "{}-张三", "{}（张三）"), "phone behind": form("{} 13812345678", "{}（13812345678）"), "number before": form("1、{}", "001{}", "①{}"), "cut off": lambda text, rng: text[:-1],
    "half a bracket": form("{}）", "（{}"), "masked": lambda text, rng: text[:1] + "**" + text[3:], "boxes": lambda text, rng: text[:1] + "□□" + text[3:], "former name": form("{}（原某某贸易有限公司）", "{}（曾用名：某某）"),
}  # fmt: skip


def a_uscc(rng: Random) -> str:
    body = rng.choice(["91310115", "91440305", "92110108", "52110000"]) + "".join(rng.choices(USCC, k=9))  # fmt: skip
    return body + uscc.calc_check_digit(body)


def misread(right: str, *wrong: str) -> Way:
    return lambda text, rng: text[:8] + text[8:].replace(right, rng.choice(wrong))


CODES: dict[str, Way] = {
    **SPACES, **QUOTES, "small letters": lambda text, rng: text.lower(), "gap": joined(" ", 9), "wide gap": joined("\u3000", 9), "dash": joined("-", 9), "stops": joined(".", 9), "mark behind": form("{}.", "{},", "{};"),
}  # fmt: skip
CREDIT: dict[str, Way] = {
    **CODES, "grouped": joined(" ", 2, 8, 17), "grouped in fours": joined(" ", 4, 8, 12, 16), "0 as O": misread("0", "O", "o"), "1 as I": misread("1", "I", "i"), "2 as Z": misread("2", "Z"), "5 as S": misread("5", "S"),
    "heading": form("税号：{}", "统一社会信用代码:{}", "纳税人识别号{}"), "backtick": form("`{}"),
}  # fmt: skip
CREDIT_LOST: dict[str, Way] = {
    "cut off": lambda text, rng: text[:17], "one too many": form("{}1"), "another character": lambda text, rng: text[:12] + USCC[(USCC.index(text[12]) + 7) % 31] + text[13:],
    "changed places": lambda text, rng: text[:10] + text[11] + text[10] + text[12:], "masked": lambda text, rng: text[:9] + "******" + text[15:], "exponent": lambda text, rng: "9.1310115E+17", "two": form("{0}/{0}"),
    "resident": lambda text, rng: a_resident(rng), "word behind": form("{}（三证合一）"), "old number": lambda text, rng: a_registration(rng),
}  # fmt: skip


def an_org_code(rng: Random) -> str:
    body = "".join(rng.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=8))
    total = sum(
        int(sign, 36) * weight for sign, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    check = 11 - total % 11
    return f"{body}-{'X' if check == 10 else '0' if check == 11 else check}"


ORG: dict[str, Way] = {
    **SPACES, "full width": QUOTES["full width"], "small letters": lambda text, rng: text.lower(), "no dash": changed("-", ""), "gap": changed("-", " "), "long dash": changed("-", "—"), "spaced dash": changed("-", " - "),
}  # fmt: skip
ORG_LOST: dict[str, Way] = {
    "cut off": lambda text, rng: text[:-2], "one too many": form("{}1"), "another check": lambda text, rng: text[:-1] + ("1" if text[-1] != "1" else "2"), "masked": lambda text, rng: text[:4] + "****" + text[8:], "words": form("代码{}号"),
}  # fmt: skip


def a_registration(rng: Random) -> str:
    body = rng.choice(["310115", "440305"]) + f"{rng.randrange(10**8):08}"
    return body + mod_11_10.calc_check_digit(body)


def a_resident(rng: Random) -> str:
    day = f"{rng.randrange(1950, 2005)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    body = rng.choice(["310115", "440305", "110105"]) + day + f"{rng.randrange(1000):03}"
    return body + ric.calc_check_digit(body + "0")


RESIDENT: dict[str, Way] = {
    **SPACES, **QUOTES, "small x": lambda text, rng: text.lower(), "grouped": joined(" ", 6, 14), "dashes": joined("-", 6, 14), "in fours": joined(" ", 4, 8, 12, 16), "heading": form("身份证：{}", "身份证号码{}", "身份证号:{}"),
}  # fmt: skip
RESIDENT_LOST: dict[str, Way] = {
    "cut off": lambda text, rng: text[:17], "zeros": lambda text, rng: text[:15] + "000", "exponent": lambda text, rng: "1.10105E+17", "masked": lambda text, rng: text[:6] + "********" + text[14:],
    "first generation": lambda text, rng: text[:6] + text[8:17], "month 13": lambda text, rng: text[:10] + "13" + text[12:], "another check": lambda text, rng: text[:17] + ("1" if text[17] != "1" else "2"), "name behind": form("{}张三"), "star": lambda text, rng: text[:17] + "*",
}  # fmt: skip
INDUSTRIES = {
    "软件和信息技术服务业": ("65", "I65", "软件"), "制造业": ("", "", "生产制造"), "餐饮业": ("62", "H62", "餐饮"), "房地产业": ("70", "K70", "房地产"), "金融业": ("", "", "金融"), "建筑业": ("", "", "建筑"),
    "零售业": ("52", "F52", "零售"), "批发业": ("51", "F51", "批发"), "医药制造业": ("27", "C27", "制药"), "汽车制造业": ("36", "C36", "汽车制造"), "应用软件开发": ("6513", "I6513", ""), "互联网和相关服务": ("64", "I64", "互联网"),
    "通用设备制造业": ("34", "C34", ""), "信息传输、软件和信息技术服务业": ("", "", "IT"), "住宿业": ("61", "H61", "住宿"), "家具制造业": ("21", "C21", "家具"),
}  # fmt: skip


def an_industry(rng: Random) -> str:
    return rng.choice(list(INDUSTRIES))


INDUSTRY: dict[str, Way] = {
    **SPACES, **GARBLED, "short": lambda text, rng: text.removesuffix("业") if text not in ("批发业", "零售业", "制造业", "建筑业") else text, "行业": lambda text, rng: (INDUSTRIES[text][2] or text.removesuffix("业")) + "行业",
    "code": lambda text, rng: INDUSTRIES[text][1] or text, "code and name": lambda text, rng: INDUSTRIES[text][1] + text, "number and name": lambda text, rng: f"{INDUSTRIES[text][0]} {text}".strip(),
    "colloquial": lambda text, rng: INDUSTRIES[text][2] or text, "comma": changed("、", ","), "marks": form("{}。", "{}，"), "quotes": form('"{}"'), "small code": lambda text, rng: INDUSTRIES[text][1].lower() or text,
}  # fmt: skip
INDUSTRY_LOST: dict[str, Way] = {
    **DESTROYED, "nothing": form("其他", "其它"), "form of business": form("国企", "民营", "个体"), "several places": form("机械", "旅游", "电商"), "letter": form("A", "C", "I"), "number": form("10", "39"), "two": form("{}/餐饮业"), "another section": form("A39"), "made up": form("某某行业"),
}  # fmt: skip


def a_code(rng: Random) -> str:
    return f"{rng.choice(['C', 'KH-', '00', 'A_', ''])}{rng.randrange(20240, 20249)}{rng.randrange(1, 999):03}"


CODE: dict[str, Way] = {
    **SPACES, **QUOTES, "backtick": form("`{}"), "wide letters": changed("C", "Ｃ"), "wide dash": changed("-", "－"), "zeros": lambda text, rng: text + ".0" if text.isdigit() else text,
}  # fmt: skip
CODE_LOST: dict[str, Way] = {
    "exponent": form("6.22202E+18"),
    "replaced": DESTROYED["replaced"],
    "锟斤拷": DESTROYED["锟斤拷"],
}

KINDS = {
    "company": Kind("customer.name", a_company, COMPANY, COMPANY_LOST),
    "reference": Kind("follow_up.customer", a_company, COMPANY, COMPANY_LOST),
    "uscc": Kind("customer.uscc", a_uscc, CREDIT, CREDIT_LOST),
    "org_code": Kind("customer.org_code", an_org_code, ORG, ORG_LOST),
    "registration_no": Kind("customer.registration_no", a_registration, {**SPACES, **{k: QUOTES[k] for k in ("full width", "formula")}, "gaps": joined(" ", 4, 8, 12), "dashes": joined("-", 6)},
                            {"cut off": lambda text, rng: text[:-1], "one too many": form("{}1"), "another check": lambda text, rng: text[:-1] + ("1" if text[-1] != "1" else "2"), "exponent": form("3.1E+14"),
                             "masked": lambda text, rng: text[:6] + "***" + text[9:], "words": form("注册号{}号"), "letter": lambda text, rng: text[:5] + "O" + text[6:]}),
    "resident_id": Kind("contact.resident_id", a_resident, RESIDENT, RESIDENT_LOST),
    "industry": Kind("customer.industry", an_industry, INDUSTRY, INDUSTRY_LOST),
    "code": Kind("customer.code", a_code, CODE, CODE_LOST),
}  # fmt: skip
