# ruff: noqa: SIM905 (words in a line can be read)
"""The invented company's customers and people, as they really are: the truth behind the samples.

Everything is made from one seed. Nothing here is real: brands are put together from rare pairs of
characters, mobiles carry 000 in the places 4 to 6, landlines begin with 555, 400 numbers are
400-000-xxxx, mail goes to example.com, and the organisation part of a USCC begins with XY
(README.md). `traps.py` adds the ones that must not be taken for each other.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

BRAND_HEADS = "青朔棠砚麓澄檀汀岚屿霁柘榕沐翎蘅焰珩砺钧溯濯璟翊峤"
BRAND_TAILS = "栎川越石鸣岳溪兰皋森林禾舟桥原屏洲弦翼衡崖峰泽枫野驰拓"
TRADES = "机械制造 电子科技 食品 纺织 建材 化工 物流 医疗器械 自动化设备 环保科技 贸易 新材料 包装 家具 五金 电气".split()
INDUSTRIES = "通用设备制造业 专用设备制造业 食品制造业 纺织业 批发业 零售业 道路运输业 医药制造业 软件和信息技术服务业 家具制造业".split()
FORMS = ("有限公司",) * 7 + ("有限责任公司",) * 2 + ("股份有限公司", "集团有限公司")
SURNAMES = "陈林黄何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
GIVEN = "志强 建国 晓燕 丽华 俊杰 雅婷 文博 海涛 思敏 国栋 春梅 宇航 佳怡 永健 秀英 梓涵 振华 玉兰 浩然 静 磊 芳 鹏 敏 勇 娜 伟 洁 刚 霞 婉清 承志 子墨 欣悦 世杰 若溪".split()
TITLES = "采购经理 采购专员 总经理 副总经理 工程师 财务主管 办公室主任 生产厂长 技术总监 销售经理 行政".split()
SALESPEOPLE = ("赵思远", "钱雨桐", "孙浩然", "李知远", "周明轩", "吴若兰")
SOURCES = "行业展会 客户转介绍 线上官网咨询 电话拜访 线上广告 搜索引擎".split()
STAGES = "初步接洽 需求分析 方案报价 合同签订 成交".split()
#: city: province, area code, division code, district
CITIES = {
    "杭州": ("浙江省", "0571", "330106", "西湖区"),
    "宁波": ("浙江省", "0574", "330205", "江北区"),
    "苏州": ("江苏省", "0512", "320506", "吴中区"),
    "上海": ("上海市", "021", "310115", "浦东新区"),
    "北京": ("北京市", "010", "110108", "海淀区"),
    "深圳": ("广东省", "0755", "440306", "宝安区"),
    "武汉": ("湖北省", "027", "420106", "武昌区"),
    "成都": ("四川省", "028", "510107", "武侯区"),
    "厦门": ("福建省", "0592", "350203", "思明区"),
    "青岛": ("山东省", "0532", "370202", "市南区"),
    "长沙": ("湖南省", "0731", "430104", "岳麓区"),
    "郑州": ("河南省", "0371", "410105", "金水区"),
    "西安": ("陕西省", "029", "610113", "雁塔区"),
    "合肥": ("安徽省", "0551", "340104", "蜀山区"),
}
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST_DAY, LAST_DAY = date(2017, 1, 3), date(2026, 6, 20)


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    title: str
    mobile: str
    second_mobile: str
    email: str


@dataclass(frozen=True)
class Customer:
    """`plain` is False where dropping the region or a letter would make it somebody else."""

    id: str
    region: str
    brand: str
    trade: str
    form: str
    brackets: bool
    uscc: str
    phone: str
    address: str
    industry: str
    source: str
    stage: str
    purchases: int | None
    owner: str
    other_owner: str | None
    created: date
    people: tuple[Person, ...] = field(default=())
    tail: str = ""
    plain: bool = True

    @property
    def name(self) -> str:
        middle = (
            f"{self.brand}（{self.region}）{self.trade}"
            if self.brackets
            else f"{self.region}{self.brand}{self.trade}"
        )
        return f"{middle}{self.form}{self.tail}"


def uscc(rng: random.Random, division: str) -> str:
    """A code whose check digit is right (GB 32100-2015)."""
    body = f"91{division}XY" + "".join(rng.choice(USCC_ALPHABET) for _ in range(7))
    total = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + USCC_ALPHABET[-total % 31]


def mobile(rng: random.Random) -> str:
    return (
        f"1{rng.choice('3333555788899')}{rng.choice('0125678')}000{rng.randrange(1000, 99999):05}"
    )


def landline(rng: random.Random, city: str) -> str:
    area = CITIES[city][1]
    digits = 8 if area not in ("0592",) else 7
    return f"{area}-555{rng.randrange(10 ** (digits - 3)):0{digits - 3}}"


def day(rng: random.Random, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    return first + timedelta(days=rng.randrange((last - first).days))


def brands(rng: random.Random, count: int) -> list[str]:
    pairs = [a + b for a in BRAND_HEADS for b in BRAND_TAILS]
    rng.shuffle(pairs)
    return pairs[:count]


def ordinary(rng: random.Random, number: int, brand: str) -> Customer:
    city = rng.choice(tuple(CITIES))
    owner, other = rng.sample(SALESPEOPLE, 2)
    phone = landline(rng, city)
    if rng.random() < 0.06:
        phone = f"400-000-{rng.randrange(10000):04}"
    return Customer(
        id=f"K{number:04}", region=city, brand=brand, trade=rng.choice(TRADES),
        form=rng.choice(FORMS), brackets=rng.random() < 0.15, uscc=uscc(rng, CITIES[city][2]),
        phone=phone, address=address_in(rng, city, brand), industry=rng.choice(INDUSTRIES),
        source=rng.choice(SOURCES), stage=rng.choice(STAGES), purchases=_purchases(rng),
        owner=owner, other_owner=other if rng.random() < 0.08 else None, created=day(rng),
        people=people(rng),
    )  # fmt: skip


def _purchases(rng: random.Random) -> int | None:
    if rng.random() < 0.2:
        return None
    return rng.choice((rng.randrange(2, 10), rng.randrange(10, 50), rng.randrange(50, 400))) * 10000


def people(rng: random.Random) -> tuple[Person, ...]:
    count = rng.choice((1, 1, 1, 2, 2, 3))
    names = {rng.choice(SURNAMES) + rng.choice(GIVEN): None for _ in range(count)}
    return tuple(
        Person(
            "",
            name,
            rng.choice(TITLES),
            mobile(rng),
            mobile(rng),
            f"p{rng.randrange(10**6):06}@example.com",
        )
        for name in names
    )


def address_in(rng: random.Random, city: str, brand: str) -> str:
    province, _, _, district = CITIES[city]
    place = f"{city}市" if province[:2] == city else f"{province}{city}市"
    return f"{place}{district}{brand[0]}{rng.choice('兴园新创')}路{rng.randrange(1, 900)}号"
