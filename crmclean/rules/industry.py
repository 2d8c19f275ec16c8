"""Industries by the national classification, at the level that the text supports

The official name or code of a section, division, group or class is taken as it is; so are the
same words without 业 or marks, and common words with one clear place (软件 → 软件和信息技术服务业).
A word with several places (机械, 旅游) is refused, with a suggestion where there is a likely one; so is
a letter or two digits alone, which may as well stand in the old system's own list, and a letter
that is not that of the number's section.

Source: GB/T 4754-2017 with amendment 1 of 2019, in tables/industries.csv.

>>> clean("制造业"), clean("C39"), clean("6513"), clean("汽车制造"), clean("互联网")
('制造业', '计算机、通信和其他电子设备制造业', '应用软件开发', '汽车制造业', '互联网和相关服务')
>>> clean("IT"), clean("餐饮"), clean("房地产")
('信息传输、软件和信息技术服务业', '餐饮业', '房地产业')
>>> clean("某某")
Traceback (most recent call last):
ValueError: INDUSTRY_UNKNOWN
"""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters, _tables

FORM = _characters.LINE
#: Common words with one clear place in the classification.
_WORDS = {
    "it": "I", "信息技术": "I", "信息传输": "I", "tmt": "I", "软件": "65", "软件开发": "651", "软件服务": "65",
    "信息技术服务": "65", "系统集成": "6531", "互联网": "64", "电信": "63",
    "制造": "C", "生产制造": "C", "加工制造": "C", "电子": "39", "电子制造": "39", "电子设备": "39",
    "半导体": "397", "芯片": "3973", "集成电路": "3973", "汽车": "36", "汽车零部件": "3670", "汽配": "3670",
    "医药": "27", "制药": "27", "生物医药": "27", "医疗器械": "358", "医疗": "84", "医院": "841", "卫生": "84",
    "化工": "26", "化学": "26", "塑料": "292", "橡胶": "291", "钢铁": "31", "有色金属": "32",
    "纺织": "17", "服装": "18", "服饰": "18", "食品": "14", "食品加工": "13", "饮料": "15", "家具": "21",
    "造纸": "22", "印刷": "23", "玩具": "245", "五金": "33", "金属制品": "33", "通用设备": "34", "专用设备": "35",
    "仪器仪表": "40", "家电": "385", "家用电器": "385", "电气": "38", "新能源汽车": "3612",
    "建筑": "E", "建筑工程": "E", "装修": "501", "装饰": "501", "建筑装饰": "501", "房地产": "70", "地产": "70",
    "物业": "702", "物业管理": "702", "批发": "51", "零售": "52", "批发零售": "F", "贸易": "F", "商贸": "F",
    "商业": "F", "进出口": "F", "外贸": "F", "超市": "5212", "物流": "G", "运输": "G", "交通运输": "G", "仓储": "59",
    "快递": "60", "铁路": "53", "酒店": "61", "住宿": "61", "宾馆": "61", "餐饮": "62", "酒店餐饮": "H",
    "金融": "J", "银行": "66", "证券": "67", "保险": "68", "租赁": "71", "商务服务": "72",
    "法律": "723", "律师": "7231", "咨询": "724", "管理咨询": "7249", "广告": "725", "人力资源": "726",
    "旅行社": "7291", "会展": "728", "科研": "M", "科技服务": "M", "检测": "745", "设计": "749",
    "水利": "76", "环保": "77", "环境保护": "772", "教育": "P", "教育培训": "P", "学校": "83",
    "文化": "R", "传媒": "R", "文化传媒": "R", "影视": "87", "体育": "89", "娱乐": "90", "出版": "862",
    "政府": "S", "政府机关": "S", "公共管理": "S", "农业": "01", "种植": "01", "林业": "02", "畜牧": "03",
    "养殖": "03", "渔业": "04", "水产": "04", "农林牧渔": "A", "采矿": "B", "矿业": "B", "煤炭": "06", "石油": "07",
    "能源": "D", "电力": "44", "燃气": "45", "水务": "46", "自来水": "461", "服务": "O", "居民服务": "O",
    "家政": "8010", "美容": "8040", "维修": "81", "汽车维修": "8111",
    "informationtechnology": "I", "software": "65", "internet": "64", "telecommunications": "63",
    "telecom": "63", "manufacturing": "C", "electronics": "39", "semiconductors": "397",
    "semiconductor": "397", "automotive": "36", "pharmaceuticals": "27", "pharmaceutical": "27",
    "medicaldevices": "358", "healthcare": "84", "chemicals": "26", "textiles": "17", "apparel": "18",
    "furniture": "21", "printing": "23", "construction": "E", "realestate": "70", "wholesale": "51",
    "retail": "52", "logistics": "G", "transportation": "G", "hospitality": "H", "finance": "J",
    "financialservices": "J", "banking": "66", "insurance": "68", "consulting": "724",
    "advertising": "725", "education": "P", "media": "R", "government": "S", "agriculture": "01",
    "mining": "B", "energy": "D", "utilities": "D",
}  # fmt: skip
#: Likely, not certain: shown to a person, never written.
_LIKELY = {"机械": "34", "机械制造": "34", "设备": "34", "高新技术": "M", "科技": "M", "工业": "C", "电器": "38",
           "工程": "E", "材料": "30", "新能源": "44", "食品饮料": "14", "日用品": "F", "快消": "F", "快消品": "F",
           "服务业": "O", "电子商务": "I", "电商": "5292", "通信": "63", "航空": "56", "投资": "7212", "旅游": "7291",
           "培训": "8391", "冶金": "31", "建材": "30", "计算机": "39", "家装": "501", "汽修": "8111", "货代": "G",
           "鞋业": "19", "皮革": "19", "烟草": "16", "包装": "22", "会计": "7241"}  # fmt: skip
_CODE = re.compile(r"([A-Ta-t]?)[ .-]?([0-9]{2,4})?(?:\.0)?[ .:、-]*(.*)")
_DROP = re.compile(r"行业$|业$|类$|领域$|[、，,和与及/\\ \-_()（）]")


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Everything that is not an official name."""
    return pc.invert(pc.is_in(values, value_set=_official()))


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, /, **_: object) -> str:
    """The official name. Raises ValueError INDUSTRY_UNKNOWN, maybe with a suggestion."""
    plain = _characters.tidy(text).strip("'\"`。;；,， ")
    found = _places().get(plain) or _places().get(_key(plain))
    if found:
        return found
    code = _CODE.fullmatch(_characters.narrow(plain))
    named = _named(code) if code else None
    if named and (not code[3] or _key(code[3]) == _key(named)):
        if not code[3] and len(code[1] + (code[2] or "")) < 3:
            raise ValueError("INDUSTRY_UNKNOWN", named)
        return named
    likely = _LIKELY.get(_key(plain)) or _LIKELY.get(plain)
    if likely:
        raise ValueError("INDUSTRY_UNKNOWN", _by_code()[likely])
    raise ValueError("INDUSTRY_UNKNOWN")


def _named(code: re.Match[str]) -> str | None:
    """The name of a code whose letter, if it has one, is that of its section."""
    section = code[1].upper()
    if not code[2]:
        return _by_code().get(section)
    return _by_code().get(code[2]) if section in ("", _sections().get(code[2][:2])) else None


@cache
def _sections() -> dict[str, str]:
    """Division → section: the table is in the order of the standard, divisions behind theirs."""
    found, section = {}, ""
    for line in _tables.table("industries"):
        section = line["code"] if line["code"].isalpha() else section
        if len(line["code"]) == 2:
            found[line["code"]] = section
    return found


def _key(text: str) -> str:
    """The words without 业, marks and conjunctions."""
    return _DROP.sub("", _DROP.sub("", _characters.narrow(text).lower())) or text


@cache
def _by_code() -> dict[str, str]:
    """The table leaves out a group that is one class (702 is 7020): both have the one name."""
    named = {line["code"]: line["name"] for line in _tables.table("industries")}
    alone = {
        code[:3]: name for code, name in named.items() if code.endswith("0") and len(code) == 4
    }
    return {**alone, **named}


@cache
def _official() -> pa.Array:
    return pa.array(sorted(set(_by_code().values())))


@cache
def _places() -> dict[str, str]:
    """Names, keys and common words that have one place: to the official name."""
    seen: dict[str, set[str]] = {}
    for name in _by_code().values():
        seen.setdefault(_key(name), set()).add(name)
    places = {key: next(iter(names)) for key, names in seen.items() if len(names) == 1}
    places |= {_key(word): _by_code()[code] for word, code in _WORDS.items()}
    places |= {word: _by_code()[code] for word, code in _WORDS.items()}
    for word in _LIKELY:
        places.pop(word, None)
        places.pop(_key(word), None)
    return places | {name: name for name in _by_code().values()}
