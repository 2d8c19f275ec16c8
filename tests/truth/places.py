"""Provinces, cities and districts, as fields and at the beginning of addresses."""

from random import Random

from truth.ways import DESTROYED, GARBLED, SPACES, Kind, Way, form

#: Province, its short form, city, its short form ("" where the short form says too little), district.
PLACES = [
    ("广东省", "广东", "深圳市", "深圳", "南山区"), ("广东省", "广东", "广州市", "广州", "越秀区"), ("广东省", "广东", "东莞市", "东莞", ""), ("浙江省", "浙江", "杭州市", "杭州", "西湖区"),
    ("浙江省", "浙江", "金华市", "金华", "义乌市"), ("江苏省", "江苏", "苏州市", "苏州", "昆山市"), ("江苏省", "江苏", "南京市", "南京", "鼓楼区"), ("福建省", "福建", "福州市", "福州", "鼓楼区"),
    ("北京市", "北京", "北京市", "北京", "朝阳区"), ("上海市", "上海", "上海市", "上海", "浦东新区"), ("天津市", "天津", "天津市", "天津", "和平区"), ("重庆市", "重庆", "重庆市", "重庆", "渝北区"),
    ("吉林省", "吉林", "长春市", "长春", "朝阳区"), ("吉林省", "吉林", "吉林市", "", "昌邑区"), ("辽宁省", "辽宁", "朝阳市", "", "双塔区"), ("辽宁省", "辽宁", "沈阳市", "沈阳", "和平区"),
    ("内蒙古自治区", "内蒙古", "呼和浩特市", "呼和浩特", "新城区"), ("广西壮族自治区", "广西", "南宁市", "南宁", "青秀区"), ("新疆维吾尔自治区", "新疆", "乌鲁木齐市", "乌鲁木齐", "天山区"),
    ("湖北省", "湖北", "仙桃市", "仙桃", ""), ("河南省", "河南", "济源市", "济源", ""), ("湖北省", "湖北", "恩施土家族苗族自治州", "恩施州", "恩施市"), ("云南省", "云南", "大理白族自治州", "大理州", "大理市"),
    ("河北省", "河北", "石家庄市", "石家庄", "桥西区"), ("山东省", "山东", "青岛市", "青岛", "黄岛区"), ("湖南省", "湖南", "长沙市", "长沙", "长沙县"), ("四川省", "四川", "成都市", "成都", "郫都区"),
    ("陕西省", "陕西", "西安市", "西安", "雁塔区"), ("黑龙江省", "黑龙江", "哈尔滨市", "哈尔滨", "道里区"), ("海南省", "海南", "海口市", "海口", "龙华区"), ("西藏自治区", "西藏", "拉萨市", "拉萨", "城关区"),
]  # fmt: skip
#: Streets that are called after cities and provinces.
STREETS = (
    "科技路1号",
    "中山东一路12号",
    "北京路8号",
    "南京西路9号",
    "人民大道3号3楼",
    "工业园A栋",
    "长江路66号",
)
LEVELS = ("province", "city", "district")


def a_place(rng: Random) -> str:
    return str(rng.randrange(len(PLACES)))


def place(*forms: str) -> Way:
    """{P} {p} {C} {c} {d}: province and city in full and short, district."""

    def write(text: str, rng: Random) -> str:
        p, short, c, c_short, d = PLACES[int(text)]
        municipal = p == c
        return rng.choice(forms).format(
            P=p,
            p=short,
            C="" if municipal else c,
            CC=c,
            c="" if municipal else c_short or c,
            cc=c_short or c,
            d=d,
            s=rng.choice(STREETS),
        )

    return write


def regions(text: str) -> dict[str, str]:
    p, _, c, _, d = PLACES[int(text)]
    return {"customer.province": p, "customer.city": c, "customer.district": d}


ADDRESS: dict[str, Way] = {
    "whole": place("{P}{C}{d}{s}"), "no signs": place("{p}{c}{d}{s}"), "short province": place("{p}{C}{d}{s}"), "no province": place("{CC}{d}{s}"), "short city": place("{cc}{d}{s}"), "spaces": place("{P} {C} {d} {s}"),
    "commas": place("{P},{C},{d},{s}"), "wide commas": place("{P}，{C}，{d}，{s}"), "dashes": place("{P}-{C}-{d}-{s}"), "slashes": place("{P}/{C}/{d}/{s}"), "dots": place("{P}.{C}.{d}.{s}"), "中国": place("中国{P}{C}{d}{s}"),
    "postal code before": place("518000 {P}{C}{d}{s}"), "postal code in brackets": place("（518000）{P}{C}{d}{s}", "(邮编：518000){P}{C}{d}{s}"), "postal code behind": place("{P}{C}{d}{s} 518000"), "heading": place("地址：{P}{C}{d}{s}", "公司地址: {P}{C}{d}{s}"),
    "province twice": place("{P}{P}{C}{d}{s}"), "city twice": place("{P}{CC}{CC}{d}{s}"), "name of a level": place("{P}{C}{d}{s}"), "ideographic spaces": place("{P}\u3000{C}\u3000{d}{s}"), "spaces before": place("  {P}{C}{d}{s}", "\t{P}{C}{d}{s}"),
    "line before": place("\n{P}{C}{d}{s}"), "entities": place("&nbsp;{P}{C}{d}{s}"), "line breaks": place("{P}{C}{d}<br>{s}", "{P}{C}{d}\n{s}"), "byte order mark": place("\ufeff{P}{C}{d}{s}"), "zero width": place("{P}\u200b{C}{d}{s}"),
    "country": place("中华人民共和国{P}{C}{d}{s}"), "note behind": place("{P}{C}{d}{s}（旧址）"), "_x000D_": place("{P}{C}{d}{s}_x000D_"), "bold": place("<b>{P}</b>{C}{d}{s}"),
}  # fmt: skip


def another(text: str, rng: Random) -> str:
    """A city under a province that it is not in."""
    mine = PLACES[int(text)][0]
    other = rng.choice([p for p in PLACES if p[0] not in (mine, p[2])])
    return f"{mine}{other[2]}1号"


def no_place(*texts: str) -> Way:
    return lambda text, rng: rng.choice(texts)


#: From these nobody can read a region.
NOWHERE: dict[str, Way] = {
    "street alone": lambda text, rng: rng.choice(STREETS), "shared district": no_place("朝阳区建国路1号", "鼓楼区中山路1号", "西湖区文三路1号", "和平区1号"), "commonplace": no_place("桥东区1号", "新市区1号", "城关区1号", "矿区1号"), "another province's city": another,
    "called after a city": no_place("北京大学深圳医院", "上海宾馆3楼", "南京银行大厦", "长沙湾道1号", "成都道5号"), "numbered road": no_place("中山二路58号", "中山三路1号", "徐州东一路3号"), "shared city": no_place("朝阳建国路1号"), "no region": no_place("工业园区A栋", "高新区科技路", "开发区1号"),
}  # fmt: skip


def level(name: str) -> Kind:
    """The column of one level."""
    number = LEVELS.index(name)
    known = sorted({p[(0, 2, 4)[number]] for p in PLACES} - {""})
    shorts = (
        {p[0]: p[1] for p in PLACES}
        if name == "province"
        else {p[2]: p[3] or p[2] for p in PLACES}
        if name == "city"
        else {}
    )
    ways: dict[str, Way] = {
        **SPACES,
        **GARBLED,
        "marks": form("{}，", "{}。", "{}/"),
        "spaced": lambda text, rng: " ".join(text),
    }
    if shorts:
        ways["short"] = lambda text, rng: shorts[text]
    lost: dict[str, Way] = {
        **DESTROYED, "part of the country": no_place("华南", "华东", "东北"), "zone": no_place("高新区", "开发区", "工业园区"), "code": no_place("440000"), "letters": no_place("GD", "SZ"),
        "nothing": no_place("其他", "海外"), "two": form("{}、火星市"), "made up": no_place("某某市", "某某区"),
    }  # fmt: skip
    return Kind(f"customer.{name}", lambda rng: rng.choice(known), ways, lost)


KINDS = {
    "address_region": Kind(
        "customer.address", a_place, ADDRESS, NOWHERE, reads=regions, beside=True
    ),
    **{name: level(name) for name in LEVELS},
}
