"""English and other Latin names: the legal form, the article and the country go, words stay.

Provinces and cities are known by their pinyin, in front or in brackets: Shanghai ABC Trading Co., Ltd
and ABC (Shanghai) Trading are one name.
"""

import os
import re
from functools import cache

from crmclean.dedupe import asides, words
from crmclean.dedupe.ordinals import number

_SPACE = re.compile(r"\s+")
_FORM = re.compile(
    r"[\s,.]*\b(?:co\.?[\s,]*(?:ltd|limited|inc)|company(?:[\s,]+(?:ltd|limited))?|limited|ltd|inc|"
    r"incorporated|corp|corporation|llc|llp|plc|gmbh|ag|kg|s\.?a\.?r?\.?l?|b\.?v|n\.?v|pty|pte|oy|ab|"
    r"co|s\.?r\.?l|s\.?p\.?a|k\.?k|s\.?r\.?o|a/s|aps|sdn\.?\s*bhd|pvt|ltda|lda|group|holdings?|"
    r"(?:gu\s?fen\s?)?you\s?xian\s?(?:ze\s?ren\s?)?gong\s?si|gong\s?si)\b[\s,.]*$"
)
_NOTE = re.compile(
    r"\b((?:ltd|inc|llc|limited|gmbh|corp|company)[\s.,]*)"
    r"\((?![^()]*(?:branch|office|plant|factory|division))[^()]*\)\s*$"
)
_AND = re.compile(r"\s+and\s+|(?<=\w{3})&(?=\w{3})")
#: One spelling of the words that are mostly shortened.
_WORDS = {
    "imp": "import", "exp": "export", "intl": "international", "int'l": "international",
    "tech": "technology", "mfg": "manufacturing", "mfrs": "manufacturers", "ind": "industry",
    "inds": "industries", "dev": "development", "elec": "electric", "eng": "engineering",
    "engg": "engineering", "equip": "equipment", "mach": "machinery", "svc": "service",
    "svcs": "services", "bros": "brothers", "assoc": "associates", "mgmt": "management",
    "pharm": "pharmaceutical", "chem": "chemical", "sci": "science", "prods": "products",
}  # fmt: skip
_COUNTRY = re.compile(r"[\s,]+(?:p\.?\s?r\.?\s?)?china$")
_BRANCH = re.compile(
    r"^(.*(?:ltd|limited|inc|corp|corporation|llc|gmbh|company))[\s,.]+((?:\w+ ){1,3}(?:branch|office))$"
)
_ORDINAL = re.compile(r"\b(?:no\.?\s*|plant\s+|factory\s+)(\d+)")
_OTHER_SPELLINGS = {
    "hongkong": "81", "hk": "81", "hong kong": "81", "macau": "82", "macao": "82", "taiwan": "71", "tibet": "54",
    "inner mongolia": "15", "shaanxi": "61", "peking": "11", "canton": "4401", "suzhou": "3205",
    "chongqing": "50", "changsha": "4301", "changchun": "2201", "changzhi": "1404", "xiamen": "3502",
    "chengdu": "5101", "lhasa": "5401", "urumqi": "6501", "harbin": "2301", "hohhot": "1501",
    "taiyuan": "1401", "bengbu": "3403", "luan": "3415", "foshan": "4406",
}  # fmt: skip


def parts(name: str) -> dict[str, str]:
    """The parts of a Latin name in plain form, as fields of `names.Parts`."""
    name = _SPACE.sub(" ", name.replace("(", " (").replace(")", ") "))
    region, code, name = _place_in_brackets(name)
    beside = asides.read(_NOTE.sub(r"\1", name))
    name = _COUNTRY.sub("", beside.name.strip(" ,."))
    office = _BRANCH.match(name)
    name, branch = (office[1], office[2]) if office else (name, beside.branch)
    stem = name
    while (shorter := _FORM.sub("", stem)) != stem and shorter.strip():
        stem = shorter
    form = name[len(stem) :].strip(" ,.")
    tokens = re.sub(r"[^\w\s&+]", " ", _AND.sub(" & ", stem)).split()
    core = " ".join(_WORDS.get(token, token) for token in tokens) or name.strip()
    core = core.removeprefix("the ") or core
    if not region:
        region, code, core = _place_in_front(core)
    ordinal = "-".join(number(n) for n in _ORDINAL.findall(name))
    return {
        "region": region or beside.region, "core": core, "brand": core, "form": form,
        "kind": "company" if form else beside.kind, "branch": branch, "ordinal": ordinal,
        "code": code or beside.code, "flags": beside.flags, "former": beside.former,
    }  # fmt: skip


def _place_in_brackets(name: str) -> tuple[str, str, str]:
    for inner in re.findall(r"\(([a-z ]+)\)", name):
        if inner.strip() in places():
            return inner.strip(), places()[inner.strip()], name.replace(f"({inner})", " ", 1)
    return "", "", name


def _place_in_front(core: str) -> tuple[str, str, str]:
    for size in (2, 1):
        tokens = core.split()
        place = " ".join(tokens[:size])
        if len(tokens) > size and place in places():
            return place, places()[place], " ".join(tokens[size:])
    return "", "", core


@cache
def places() -> dict[str, str]:
    """Pinyin of provinces and cities to their code; what several places spell alike has none."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    codes = words.table("places")
    known: dict[str, str] = {}
    for place, code in codes.items():
        city = place + "市" in codes or place + "省" in codes or len(code) == 2
        if len(place) > 1 and city and place[-1] not in "省市区":
            spelt = "".join(lazy_pinyin(place))
            known[spelt] = code if known.get(spelt, code) == code else ""
    return known | _OTHER_SPELLINGS
