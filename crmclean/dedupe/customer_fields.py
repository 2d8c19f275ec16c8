"""The fields of a customer that keys and comparisons use: parsed names, places, numbers, people."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import names, text, words
from crmclean.dedupe.fields import Field, encode, mapped, several
from crmclean.dedupe.persons import full
from crmclean.tables import PART_BITS

_COURTESY = r"^([\p{Han}·]{2,4})\s*(?:先生|女士|小姐|太太)$"
_SPLIT = r"[,;/、，；\s]+"
_HOST = r"^(?:https?://)?(?:www\.)?(?P<host>[^/?#:]+)"
#: Names that are read at once: what is made of each on the way is let go.
BATCH = 1 << 16
_MUNICIPALITIES = ("11", "12", "31", "50")


def prepare(customers: pa.Table, contacts: pa.Table | None = None) -> dict[str, Field]:
    """The fields of each customer that keys and comparisons use. Contacts of the same row lend
    their telephones, e-mail and name."""
    beside = _beside(customers, contacts)
    called = _called(_column(customers, "name"))
    parsed, name = _names(called)
    fields = _name_fields(parsed, name)
    others = _column(customers, "short_name"), _column(customers, "former_name")
    others += (mapped(name, _one(parsed["former"])).texts,)
    fields["aliases"] = _aliases(fields["core"], [_names(other) for other in others])
    fields["address"], of_address = _address(_column(customers, "address"))
    fields["doors"] = mapped(fields["address"], _loud_numbers(fields["address"].values))
    fields["place"] = _place(customers, of_address)
    fields["area"] = encode(pc.coalesce(fields["place"].texts, fields["city"].texts))
    fields["uscc"] = encode(pc.utf8_upper(_column(customers, "uscc")))
    fields["phones"] = _phones(customers, beside)
    fields["emails"] = several(
        [pc.utf8_lower(_column(customers, "email")), pc.utf8_lower(beside["email"])]
    )
    fields["site"] = encode(_host(_column(customers, "website")))
    fields["home"] = _home(fields["core"], fields["address"])
    fields["contact"] = _others(called, _person(beside["name"]))
    fields["contact_sound"] = mapped(fields["contact"], text.sound(fields["contact"].values))
    return fields


def _called(names: pa.Array) -> pa.Array:
    """Names without 先生 or 女士: private customers are called so in one list and not in the next."""
    courteous = pc.match_substring_regex(names, _COURTESY)
    bare = pc.replace_substring_regex(names.filter(courteous), _COURTESY, r"\1")
    return pc.replace_with_mask(names, courteous, bare)


def _others(names: pa.Array, contact: Field) -> Field:
    """Contacts other than the customer itself: a private customer's own name is no second
    evidence beside the name, and alone never proves a person."""
    known = pa.array(contact.filled)
    own = _person(pc.if_else(known, names, ""))
    own = pc.equal(own.texts, contact.texts)
    return encode(pc.if_else(pc.fill_null(own, False), pa.scalar(None, pa.string()), contact.texts))


def _home(core: Field, address: Field) -> Field:
    """Name and address together; missing without either."""
    return encode(pc.binary_join_element_wise(core.texts, address.texts, "|"))


def fullness(fields: dict[str, Field]) -> np.ndarray:
    """How whole each record's name is: legal form, then region, and no note like 作废 in it."""
    form, region, flags = (fields[name].codes for name in ("kind", "region", "flags"))
    return 2.0 * (form >= 0) + (region >= 0) - 4.0 * (flags >= 0)


def reference_keys(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(key, core) of names that children give for their customer: see `key_field`."""
    parsed, name = _names(values)
    fields = _name_fields(parsed, name)
    return key_field(fields).texts, fields["core"].texts


def key_field(fields: dict[str, Field]) -> Field:
    """What identifies a customer by name: city, core, branch and ordinal."""
    parts = ("city", "core", "branch", "ordinal")
    texts = [pc.fill_null(fields[name].texts, "") for name in parts]
    joined = pc.binary_join_element_wise(*texts, "|")
    empty = pa.array(fields["core"].codes < 0)
    return encode(pc.if_else(empty, pa.scalar(None, pa.string()), joined))


def _names(column: pa.Array) -> tuple[pa.Table, Field]:
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    return _parsed(plain.values), plain


def _parsed(values: pa.Array) -> pa.Table:
    """The parts of names as they are compared, with the city of their region."""
    batches = (values[at : at + BATCH] for at in range(0, max(len(values), 1), BATCH))
    return pa.concat_tables(map(_read_names, batches)).combine_chunks()


def _read_names(values: pa.Array) -> pa.Table:
    texts = values.to_pylist()
    parts = [names.parse(value) for value in texts]
    seen = [names.compared(value, part) for value, part in zip(texts, parts, strict=True)]
    columns = dict(zip(names.Parts._fields, zip(*parts, strict=True), strict=False))
    columns |= dict(zip(names.Compared._fields, zip(*seen, strict=True), strict=False))
    columns["city"] = tuple(_city(part.code) for part in parts)
    wanted = (*names.Parts._fields, *names.Compared._fields, "city")
    return pa.table({name: pa.array(columns.get(name, ()), pa.string()) for name in wanted})


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _name_fields(parsed: pa.Table, name: Field) -> dict[str, Field]:
    part = {column: _one(parsed[column]) for column in parsed.column_names}
    core, brand = _compact(name, part["core"]), _compact(name, part["brand"])
    long = _compact(name, part["long"])
    same = ("city", "branch", "ordinal", "kind", "flags")
    plain = {column: mapped(name, part[column]) for column in same}
    return {
        **plain,
        "core": core,
        "long": long,
        "whole": _whole(plain["city"], long, core, plain["branch"]),
        "letters": mapped(long, ["".join(sorted(value)) for value in long.values.to_pylist()]),
        "brand": brand,
        "core_sound": mapped(core, text.sound(core.values)),
        "long_sound": mapped(long, text.sound(long.values)),
        "brand_sound": mapped(brand, text.sound(brand.values)),
        "concern": _compact(name, part["concern"]),
        "region": mapped(name, part["within"]),
        "stated": mapped(name, _stated(part["region"], part["code"])),
    }


def _stated(region: pa.Array, code: pa.Array) -> pa.Array:
    """The code of a place that is surely one: 丹阳市, 上海, 浙江常山; 甘泉 in front may be a brand."""
    surely = pc.or_(
        pc.or_(pc.less_equal(pc.utf8_length(code), 4), pc.greater(pc.utf8_length(region), 3)),
        pc.match_substring_regex(region, "[省市区县州盟旗]$"),
    )
    return pc.if_else(surely, code, "")


def _whole(city: Field, long: Field, core: Field, branch: Field) -> Field:
    """What the registry lets exist only once: city and core together, or a branch's whole name,
    which needs no city."""
    alone = pc.binary_join_element_wise(city.texts, long.texts, "|")
    return encode(pc.coalesce(pc.binary_join_element_wise(core.texts, branch.texts, "|"), alone))


def _compact(name: Field, cores: pa.Array) -> Field:
    """Chinese cores without spaces and signs, Latin ones as words."""
    latin = pc.fill_null(pc.string_is_ascii(cores), False)
    words = pc.replace_substring_regex(cores.filter(latin), r"\s+", " ")
    both = pc.replace_with_mask(text.key(cores), latin, pc.utf8_trim_whitespace(words))
    return mapped(name, both)


def _aliases(core: Field, others: list[tuple[pa.Table, Field]]) -> Field:
    short = (_compact(name, _one(parsed["core"])) for parsed, name in others)
    return several([core.texts, *(field.texts for field in short)])


def _place(customers: pa.Table, of_address: pa.Array) -> Field:
    """The city's code from the fields, else the province's, else from the address."""
    fields = [encode(_column(customers, name)) for name in ("city", "province")]
    codes = [mapped(f, [_place_code(value) for value in f.values.to_pylist()]) for f in fields]
    return encode(pc.coalesce(*(field.texts for field in codes), of_address))


def _place_code(value: str) -> str:
    """The deepest place at the start of a text, as a city code."""
    code, places, known = "", words.affixes("places"), words.table("places")
    while len(code) < 4 and (found := places.prefix(value, leave=0)):
        value = value[len(found) :]
        code = known[found] if known[found].startswith(code) else code
    return _city(code)


def _city(code: str) -> str:
    return code[:2] if code.startswith(_MUNICIPALITIES) else code[:4]


def _phones(customers: pa.Table, beside: dict[str, pa.Array]) -> Field:
    own = [_column(customers, name) for name in ("phone", "mobile")]
    more = pc.list_element(_padded(_column(customers, "other_phones")), 0)
    return several([*own, more, beside["mobile"], beside["phone"]])


def _padded(column: pa.Array) -> pa.Array:
    """Each cell split into its values, at least one."""
    return pc.split_pattern_regex(pc.fill_null(column, ""), _SPLIT)


def _host(sites: pa.Array) -> pa.Array:
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(sites))
    return pc.struct_field(pc.extract_regex(trimmed, _HOST), "host")


def _person(column: pa.Array) -> Field:
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    return mapped(plain, full(plain.values))


def _address(column: pa.Array) -> tuple[Field, pa.Array]:
    """Addresses without their leading places, spaces and signs; and the code of their city."""
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    short, city = _read(plain.values)
    return mapped(plain, short), mapped(plain, city).texts


def _loud_numbers(addresses: pa.Array) -> pa.Array:
    """Addresses with every digit three times: 中山路1号 is not nearly 中山路9号."""
    return pc.replace_substring_regex(addresses, r"(\d)", r"\1\1\1")


def _read(values: pa.Array) -> tuple[list[str], list[str]]:
    prefix, known = words.affixes("places").prefix, words.table("places")
    short, codes = [], []
    for value, rest in zip(values.to_pylist(), text.key(values).to_pylist(), strict=True):
        code = ""
        while found := prefix(rest):
            rest = rest[len(found) :]
            if len(code) < 4 and known[found].startswith(code):
                code = known[found]
        short.append(rest)
        codes.append(_city(code) if code else _place_code(value))
    return short, codes


def _beside(customers: pa.Table, contacts: pa.Table | None) -> dict[str, pa.Array]:
    """Values of the first contact of the same source row as each customer."""
    wanted = ("name", "mobile", "phone", "email")
    if contacts is None or not contacts.num_rows:
        return {name: pa.nulls(customers.num_rows, pa.string()) for name in wanted}
    row = pc.shift_right(contacts["record"].combine_chunks(), PART_BITS)
    at = pc.index_in(pc.shift_right(customers["record"].combine_chunks(), PART_BITS), row)
    return {name: _column(contacts, name).take(at) for name in wanted}


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()
