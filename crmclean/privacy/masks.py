"""One mask for each kind of value, over whole columns: what is left is too little to find anybody by.

The masks follow reference/trust.md 5.2: what counts is how many candidates remain, not how many
stars there are.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.privacy.printable import sub, where

#: Compound surnames still in use: the surname is shown whole, so that the reader sees a name.
COMPOUND = (
    "欧阳|上官|皇甫|令狐|诸葛|司徒|司马|申屠|夏侯|尉迟|公孙|轩辕|钟离|宇文|长孙|慕容|"
    "东方|南宫|西门|端木|独孤|百里|呼延|闻人|太史|澹台|赫连|公冶|宗政|濮阳|淳于|单于"
)
#: Words for "nothing": they identify nobody, and the reader should see what was there.
NOTHING = ("无", "暂无", "没有", "不详", "未知", "待补充", "暂缺", "空", "保密", "N/A", "NA", "n/a")
NOTHING_ARRAY = pa.array([*NOTHING, "NULL", "null", "None", "none", "-", "--", "—", "/", "?", "0"])
#: Words that make a name the name of a company or a public body, not of a person or a small shop.
COMPANY = (
    r"公司|集团|厂|学校|大学|学院|中学|小学|医院|银行|研究院|研究所|事务所|合作社|协会|委员会|政府|"
    r"管理局|(?i:\b(ltd|limited|inc|co|corp|llc|gmbh|company|group|s\.?a)\b)"
)
SMALL_SHOP = r"个体|工商户|经营部|商行|商店|商铺|门市|工作室|店|铺|馆|摊|坊|社|部|中心"
#: Area codes: 010 and 02x have three digits, all others four.
MOBILE = r"^(1[3-9]\d)([ -]?)\d{4}([ -]?)(\d{4})$"
LANDLINE = r"^(0(?:10|2\d|[3-9]\d{2}))([- ]?)\d{5,6}(\d{2})$"
#: The same, and identity numbers, anywhere in a text and in groups.
STRAY_MOBILE = r"(1[3-9]\d)[\s-]{0,3}\d{4}[\s-]{0,3}(\d{4})"
STRAY_ID = r"(\d{2})\d{4}\s?(?:19|20)\d{2}\s?[01]\d\s?[0-3]\d\s?\d{3}[\dXx]"
#: A number that a spreadsheet rounded: too few digits are left to point to anybody.
LOST = r"^\d(?:\.\d{1,3})?[eE]\+\d{1,2}$"
#: Kinds that are not personal and stay readable.
SHOWN = frozenset(
    [
        "code",
        "uscc",
        "org_code",
        "url",
        "industry",
        "picklist",
        "tags",
        "amount",
        "region",
        "date",
        "datetime",
        "integer",
        "yes_no",
        "account",
        "text",
    ]
)


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _phone(values: pa.Array) -> pa.Array:
    """A mobile keeps 3 + 4 digits, an area code stays, anything else keeps 3 + 2 digits."""
    tidy = pc.match_substring_regex(values, rf"{MOBILE}|{LANDLINE}|{LOST}").fill_null(True)
    some = values.filter(pc.invert(tidy))
    rest = pc.replace_with_mask(values, pc.invert(tidy), _digits(some)) if len(some) else values
    mobiles = where(rest, MOBILE, lambda found: sub(found, MOBILE, r"\1\2****\3\4"))
    return where(mobiles, LANDLINE, lambda found: sub(found, LANDLINE, r"\1\2****\3"))


def _digits(values: pa.Array) -> pa.Array:
    """Dirty numbers: the first three and the last two digits of the cell, no letters."""
    bare = sub(values, r"\p{L}|[^\x00-\x7f]", "*")
    stars = sub(bare, r"\d", "*")
    split = pc.extract_regex(
        bare, r"(?s)^(?P<a>\D*\d\D*\d\D*\d)(?P<b>(?:\D*\d){3,}?)(?P<c>\D*\d\D*\d\D*)$"
    )
    middle = sub(pc.struct_field(split, "b"), r"\d", "*")
    return pc.coalesce(
        _join(pc.struct_field(split, "a"), middle, pc.struct_field(split, "c")), stars
    )


def _person(values: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(values)
    compound = pc.match_substring_regex(trimmed, rf"^({COMPOUND})\p{{Han}}")
    first = pc.if_else(
        compound, pc.utf8_slice_codeunits(trimmed, 0, 2), pc.utf8_slice_codeunits(trimmed, 0, 1)
    )
    han = pc.match_substring_regex(trimmed, r"^\p{Han}")
    short = pc.less_equal(pc.utf8_length(trimmed), 2)
    stars = pc.if_else(han, pc.if_else(short, "*", "**"), "***")
    return pc.if_else(pc.equal(pc.utf8_length(trimmed), 1), "*", _join(first, stars))


def _email(values: pa.Array) -> pa.Array:
    domains = sub(values, r"[^\s@;,，；/、]*@", "***@")
    named = pc.extract_regex(values, r"^(?P<a>[A-Za-z0-9])[^\s@]{2,}(?P<b>@[\w.-]+)$")
    clean = _join(pc.struct_field(named, "a"), "***", pc.struct_field(named, "b"))
    rest = pc.if_else(pc.match_substring(domains, "@"), scrub(sub(domains, r"\p{Han}", "*")), "***")
    return pc.coalesce(clean, rest)


def _address(values: pa.Array) -> pa.Array:
    """Down to the district or county (the town of 5.2), nothing below."""
    region = pc.extract_regex(
        values,
        r"^(?P<a>(?:\p{Han}{2,7}?(?:省|自治区|特别行政区))?(?:\p{Han}{2,7}?(?:市|自治州|地区|盟))?"
        r"(?:\p{Han}{1,6}?(?:区|县|市|旗))?)",
    )
    return _join(pc.struct_field(region, "a"), "***")


def _company(values: pa.Array) -> pa.Array:
    """A company is shown; a person's name or a small shop, which often carries one, is not."""
    company = pc.match_substring_regex(values, COMPANY)
    shop = pc.match_substring_regex(values, SMALL_SHOP)
    ends = _join(
        pc.utf8_slice_codeunits(values, 0, 1), "***", pc.utf8_slice_codeunits(values, -1, None)
    )
    long_latin = pc.match_substring_regex(values, r"^[^\p{Han}]*$|^.{7,}$")
    other = pc.if_else(pc.or_(shop, long_latin), ends, _person(values))
    return pc.if_else(company, scrub(values), other)


def _handle(values: pa.Array) -> pa.Array:
    return _join(pc.utf8_slice_codeunits(values, 0, 2), "***")


def _resident_id(values: pa.Array) -> pa.Array:
    return _join(pc.utf8_slice_codeunits(values, 0, 2), "****************")


def _birth_date(values: pa.Array) -> pa.Array:
    """Five years: 1985-1989."""
    year = pc.struct_field(pc.extract_regex(values, r"^(?P<y>(?:19|20)\d\d)"), "y")
    band = pc.multiply(pc.divide(pc.cast(year, pa.int32()), 5), 5)
    text = _join(pc.cast(band, pa.string()), "–", pc.cast(pc.add(band, 4), pa.string()))
    return pc.coalesce(text, _hidden(values))


def long_text(values: pa.Array) -> pa.Array:
    return _join("▒▒▒ ×", pc.cast(pc.utf8_length(values), pa.string()))


def _hidden(values: pa.Array) -> pa.Array:
    return _join(pc.utf8_slice_codeunits(values, 0, 0), "****")


def scrub(values: pa.Array) -> pa.Array:
    """Shown text without the mobiles, identity numbers and mail addresses that strayed into it.
    An 18-character credit code is no identity number: those have a birth date at 7-14."""
    return where(values, f"{STRAY_MOBILE}|{STRAY_ID}|@", _scrubbed)


def _scrubbed(values: pa.Array) -> pa.Array:
    values = sub(values, STRAY_ID, r"\1****************")
    values = sub(values, STRAY_MOBILE, r"\1****\2")
    return sub(values, r"([A-Za-z0-9])[\w.+-]*@", r"\1***@")


MASKS = {
    "phone": _phone,
    "person_name": _person,
    "email": _email,
    "address": _address,
    "company_name": _company,
    "handle": _handle,
    "resident_id": _resident_id,
    "birth_date": _birth_date,
    "hidden": _hidden,
    "long_text": long_text,
}
