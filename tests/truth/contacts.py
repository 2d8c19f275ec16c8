"""Telephones, e-mail and web addresses, persons."""

from random import Random

from truth.ways import DESTROYED, GARBLED, QUOTES, SPACES, Kind, Way, changed, form, joined, noted

#: Area codes and the length of their numbers, as the numbering plan has them.
AREAS = {"010": 8, "020": 8, "021": 8, "022": 8, "023": 8, "024": 8, "025": 8, "027": 8, "028": 8, "029": 8, "0311": 8,
         "0371": 8, "0411": 8, "0431": 8, "0451": 8, "0510": 8, "0512": 8, "0531": 8, "0532": 8, "0551": 8, "0571": 8,
         "0574": 8, "0591": 8, "0731": 8, "0755": 8, "0757": 8, "0769": 8, "0871": 8, "0898": 8, "0991": 8,
         "0799": 7, "0556": 7, "0563": 7, "0856": 7, "0937": 7, "0976": 7, "0457": 7, "0701": 7}  # fmt: skip
PEOPLE = ("张三", "李四", "王小芳", "欧阳娜娜")


def a_mobile(rng: Random) -> str:
    return f"1{rng.choice('3456789')}{rng.randrange(10)}{rng.randrange(20_000_000, 99_999_999)}"


def a_landline(rng: Random) -> str:
    area = rng.choice(list(AREAS))
    left = AREAS[area] - 1
    return f"{area}-{rng.randrange(2, 9)}{rng.randrange(10 ** (left - 1), 10**left)}"


MOBILE: dict[str, Way] = {
    **SPACES, **QUOTES, "dashes": joined("-", 3, 7), "gaps": joined(" ", 3, 7), "dots": joined(".", 3, 7),
    "wide dashes": joined("－", 3, 7), "long dashes": joined("—", 3, 7), "gaps 4-4-3": joined(" ", 4, 8),
    "gap 3-8": joined(" ", 3), "ideographic gaps": joined("\u3000", 3, 7), "+86": form("+86{}", "+86 {}", "+86-{}"),
    "0086": form("0086{}", "0086-{}", "0086 {}"), "86": form("86{}", "86-{}", "86 {}"), "(86)": form("(+86){}", "（86）{}"),
    "0 before": form("0{}"), "cheap call": form("17951{}", "12593{}"), "float": form("{}.0", "{}.00"),
    "heading": form("手机:{}", "电话：{}", "Tel:{}", "联系电话 {}"), "marks": form("{};", "{}，", "、{}", "({})", "【{}】"),
    "exponent": lambda text, rng: f"{text[0]}.{text[1:]}E+10", "twice": form("{0} {0}", "{0}/{0}"),
    "name behind": noted("{0} {1}", *PEOPLE), "name before": noted("{1}{0}", *PEOPLE), "name in brackets": noted("{0}（{1}）", *PEOPLE),
    "note": noted("{0}({1})", "微信同号", "空号", "白天打"), "QQ": noted("{0} QQ:{1}", "357382919", "26001299"),
    "account": noted("微信:{1} {0}", "abc123", "zs_1988", "wxid12345678"), "stand-in beside": form("{}/无", "无/{}"),
    "fax beside": noted("{0}/传真0755-{1}", "26001235"),
}  # fmt: skip
MOBILE_LOST: dict[str, Way] = {
    "a digit": lambda text, rng: text[:-1],
    "two digits": lambda text, rng: text[:-2],
    "one too many": lambda text, rng: text + str(rng.randrange(10)),
    "exponent cut": lambda text, rng: f"{text[0]}.{text[1:4]}E+10",
    "stars": lambda text, rng: text[:3] + "****" + text[7:],
    "crosses": lambda text, rng: text[:7] + "XXXX",
    "letter": lambda text, rng: text[:5] + "l" + text[6:],
    "short second": lambda text, rng: text + "/" + text[-2:],
    "question": lambda text, rng: text[:5] + "?" + text[6:],
    "wrong first": lambda text, rng: "2" + text[1:],
    "storey": form("{} 3楼", "{} 2号"),
    "run together": lambda text, rng: text + a_mobile(rng),
    "date": form("{} 2024-06-15"),
    "circled": form("①{}"),
    "abroad": lambda text, rng: f"1-{rng.randrange(201, 989)}-555-{text[-4:]}",
    "Hong Kong": lambda text, rng: "852" + "9" + text[-7:],
}


def cut(text: str) -> tuple[str, str]:
    area, _, number = text.partition("-")
    return area, number


LANDLINE: dict[str, Way] = {
    **SPACES, **QUOTES, "no dash": changed("-", ""), "gap": changed("-", " "), "long dash": changed("-", "—"), "spaced dash": changed("-", " - "),
    "wide dash": changed("-", "－"), "two dashes": changed("-", "--"), "slash": changed("-", "/"), "dot": changed("-", "."), "underscore": changed("-", "_"),
    "brackets": lambda text, rng: "({}){}".format(*cut(text)), "wide brackets": lambda text, rng: "（{}） {}".format(*cut(text)),
    "square brackets": lambda text, rng: "【{}】{}".format(*cut(text)), "all in brackets": form("({})"),
    "+86-": lambda text, rng: "+86-" + text[1:], "+86 ": lambda text, rng: "+86 " + text[1:].replace("-", " "),
    "0086-": lambda text, rng: "0086-" + text[1:], "+86 run on": lambda text, rng: "+86" + text[1:].replace("-", ""),
    "86 run on": lambda text, rng: "86" + text[1:].replace("-", ""), "+86 with 0": form("+86-{}", "+86 {}"),
    "+86 (area)": lambda text, rng: f"+86 ({cut(text)[0][1:]}) {cut(text)[1]}",
    "gap inside": lambda text, rng: text[:-4] + " " + text[-4:], "dash inside": lambda text, rng: text[:-4] + "-" + text[-4:],
    "heading": form("电话:{}", "座机：{}", "TEL: {}", "电话/传真：{}"), "marks": form("{};", "{}，"), "float": form("{}.0"),
    "name": noted("{0} {1}", *PEOPLE), "department": noted("{1}{0}", "财务部", "销售部"),
}  # fmt: skip
LANDLINE_LOST: dict[str, Way] = {
    "area": lambda text, rng: cut(text)[1],
    "zero": lambda text, rng: text.replace("-", "")[1:],
    "digits": lambda text, rng: text[:-3],
    "star": lambda text, rng: text[:-1] + "*",
    "short second": lambda text, rng: text + "/" + text[-2:],
    "range": lambda text, rng: text[:-1] + "1-3",
    "until": lambda text, rng: text[:-2] + "12~18",
    "stars": lambda text, rng: text[:-4] + "****",
    "no such area": lambda text, rng: "0330" + text[text.index("-") :],
    "account": lambda text, rng: f"{text}/工号{cut(text)[1]}",
}


def extended(text: str) -> str:
    return text + "-8001"


EXTENSION: dict[str, Way] = {
    name: lambda text, rng, sign=sign: text.replace("-8001", sign + "8001")
    for name, sign in {
        "转": "转", "spaced 转": " 转 ", "轉": "轉", "分机": "分机", "分机号": "分机号:", "内线": " 内线", "ext": "ext", "ext.": " ext.", "EXT": " EXT ",
        "x": "x", "star": "*", "hash": "#", "dash": "-", "comma": ",", "long dash": "—", "wide dash": "－", "转:": "转:", "double dash": "--",
    }.items()
}  # fmt: skip
EXTENSION |= {
    "in brackets": lambda text, rng: text.replace("-8001", "(转8001)"),
    "in wide brackets": lambda text, rng: text.replace("-8001", "（分机8001）"),
}


def an_email(rng: Random) -> str:
    name = rng.choice(["zhang", "li.si", "w_wu", "12345678", "a-b", "x+y"])
    return f"{name}{rng.randrange(100)}@{rng.choice(['example.com', 'mail.example.cn', 'example.com.cn'])}"


EMAIL: dict[str, Way] = {
    **SPACES, **QUOTES, "upper case": lambda text, rng: text.upper(), "capitals": lambda text, rng: text.title(), "wide at": changed("@", "＠"),
    "Chinese stop": changed(".", "。"), "wide stop": changed(".", "．"), "spaces at @": changed("@", " @ "), "mailto": form("mailto:{}", "MAILTO:{}"),
    "heading": form("邮箱:{}", "邮箱：{}", "E-mail: {}"), "angle": form("<{}>"), "name": noted("{1}<{0}>", *PEOPLE), "note": noted("{0}（{1}）", "财务", "旧"),
    "marks": form("{};", "{}，", "{}。", "({})"), "twice": form("{0};{0}", "{0} {0}"), "second": noted("{0};{1}", "other@example.com"), "slash behind": form("{}/"),
}  # fmt: skip
EMAIL_LOST: dict[str, Way] = {
    "no at": changed("@", ""), "no domain": lambda text, rng: text.partition("@")[0], "two at": changed("@", "@@"), "hash": changed("@", "#"),
    "word before": form("x {}"), "no stops": lambda text, rng: text.partition("@")[0] + "@" + text.partition("@")[2].replace(".", ""),
    "comma": lambda text, rng: text.rpartition(".")[0] + "," + text.rpartition(".")[2], "star": lambda text, rng: text[0] + "***" + text[3:],
    "two stops": lambda text, rng: text.rpartition(".")[0] + ".." + text.rpartition(".")[2], "Chinese glued": form("张三{}"), "(at)": changed("@", "(at)"),
}  # fmt: skip


def a_url(rng: Random) -> str:
    host = rng.choice(["www.example.com", "example.com.cn", "shop12.example.cn"])
    return (
        rng.choice(["", "http://", "https://"])
        + host
        + rng.choice(["", "/a/b", "/index.html?x=1&y=2"])
    )


URL: dict[str, Way] = {
    **SPACES, **QUOTES, "Chinese stop": changed(".com", "。com"), "wide stop": changed(".com", "．com"), "scheme in capitals": changed("http", "HTTP"),
    "host in capitals": changed("example", "Example"), "www in capitals": changed("www", "WWW"), "backslashes": changed("//", "\\\\"),
    "wide colon": changed("://", "：//"), "one slash": changed("://", ":/"), "heading": form("官网：{}", "网址:{}", "官网{}"), "marks": form("{}，", "{}；", "{}。"),
    "spaces at the stop": changed(".com", " .com"), "angle": form("<{}>"), "bare slash": lambda text, rng: text if "/" in text.removeprefix("https://").removeprefix("http://") else text + "/",
    "entity": changed("&", "&amp;"),
}  # fmt: skip
URL_LOST: dict[str, Way] = {
    "comma": changed(".", ","), "space": changed("example", "exa mple"), "two": form("{0} {0}"), "words": form("我们的网站{}很好"), "no host": lambda text, rng: "官网",
    "two stops": changed(".com", "..com"), "Chinese host": changed("example", "例子"), "at": changed("example", "zs@example"), "phone": lambda text, rng: "13812345678",
}  # fmt: skip


def a_person(rng: Random) -> str:
    family = rng.choice(["王", "李", "张", "刘", "陈", "赵", "周", "欧阳", "诸葛"])
    return family + "".join(rng.choices("芳伟娜静丽强磊军洋勇艳杰", k=rng.randrange(1, 3)))


PERSON: dict[str, Way] = {
    **{name: way for name, way in SPACES.items() if name != "variation selector"}, **GARBLED,
    "spaced": lambda text, rng: " ".join(text), "wide spaced": lambda text, rng: "\u3000".join(text), "gap": joined(" ", 1), "no-break gap": joined("\xa0", 1),
    "marks": form("{}，", "{}。", "*{}"), "quotes": form('"{}"', "“{}”", "【{}】"), "title": noted("{0}{1}", "经理", "总经理", "书记", "主任"),
    "title in brackets": noted("{0}（{1}）", "经理", "采购部经理"), "title before": noted("{1}{0}", "总经理", "主任"), "dash and title": noted("{0}-{1}", "采购经理"),
    "form of address": form("{}先生", "{}女士", "{} 先生", "{}（女）", "{} 男"), "mobile behind": noted("{0}{1}", "13812345678"), "mobile in brackets": noted("{0}({1})", "13812345678"),
    "mobile before": noted("{1} {0}", "13812345678"), "note": noted("{0}（{1}）", "已离职", "法人"),
}  # fmt: skip
PERSON_LOST: dict[str, Way] = {
    "number": lambda text, rng: a_mobile(rng), "replaced": lambda text, rng: text[0] + "\ufffd", "company": form("{}有限公司"), "masked": lambda text, rng: text[0] + "**",
    "crosses": lambda text, rng: text[0] + "XX", "digit": form("{}1", "1{}"), "wife": form("{}老婆", "{}夫人"), "assistant": form("{}的助理"), "mail": form("{} zs@example.com"),
}  # fmt: skip

KINDS = {
    "mobile": Kind("contact.mobile", a_mobile, MOBILE, MOBILE_LOST),
    "landline": Kind("customer.phone", a_landline, LANDLINE, LANDLINE_LOST),
    "extension": Kind("customer.phone", lambda rng: a_landline(rng) + "-8001",
                      {**{k: SPACES[k] for k in list(SPACES)[:8]}, **EXTENSION},
                      {"several": lambda text, rng: text + "、8002", "range": lambda text, rng: text + "~8005", "slash": lambda text, rng: text + "/8002"}),
    "email": Kind("contact.email", an_email, EMAIL, EMAIL_LOST),
    "url": Kind("customer.website", a_url, URL, URL_LOST),
    "person": Kind("contact.name", a_person, PERSON, {**PERSON_LOST, "destroyed": DESTROYED["锟斤拷"]}),
}  # fmt: skip
