"""The fields that come of a company's name: its parts, alone and together, and how they sound."""

from collections.abc import Iterable
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import concerns, names, text
from crmclean.dedupe.fields import Field, encode, mapped, several
from crmclean.dedupe.places import city
from crmclean.run.abreast import abreast, batches


def read(column: pa.Array) -> tuple[dict[str, pa.Array], Field]:
    """The parts of the distinct names of a column, as they are compared, with the city of their
    region; and the names in plain form."""
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    return _parsed(plain.values), plain


def _parsed(values: pa.Array) -> dict[str, pa.Array]:
    whole = pa.concat_tables(abreast(_batch, batches(values), shared=True))
    return {name: whole[name].combine_chunks() for name in whole.column_names}


def _batch(values: pa.Array) -> pa.Table:
    parts = names.parse(values)
    parts |= concerns.compared(values, parts)
    codes = parts["code"].dictionary_encode()
    cities = pa.array([city(code) for code in codes.dictionary.to_pylist()], pa.string())
    return pa.table(parts | {"city": cities.take(codes.indices)})


def fields_of(part: dict[str, pa.Array], name: Field) -> dict[str, Field]:
    """What is compared of names that were `read`."""
    compared = [part[column] for column in ("core", "brand", "long", "concern")]
    core, brand, long, concern = abreast(partial(_compact, name), compared)
    core_sound, brand_sound, long_sound = abreast(_sound, (core, brand, long))
    same = ("city", "branch", "ordinal", "kind", "flags")
    plain = {column: mapped(name, part[column]) for column in same}
    return {
        **plain,
        "core": core,
        "long": long,
        "whole": _whole(plain["city"], long, core, plain["branch"]),
        "letters": mapped(long, long.characters.ordered().texts()),
        "brand": brand,
        "core_sound": core_sound,
        "long_sound": long_sound,
        "brand_sound": brand_sound,
        "concern": concern,
        "region": mapped(name, part["within"]),
        "stated": mapped(name, _stated(part["region"], part["code"])),
    }


def _sound(field: Field) -> Field:
    return mapped(field, text.sound(field.values))


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


def aliases(core: Field, others: Iterable[tuple[dict[str, pa.Array], Field]]) -> Field:
    """The core and those of other names of the same customer, as they were `read`."""
    short = (_compact(name, parts["core"]) for parts, name in others)
    return several([core.texts, *(field.texts for field in short)])


def key_field(fields: dict[str, Field]) -> Field:
    """What identifies a customer by name: city, core, branch and ordinal."""
    parts = ("city", "core", "branch", "ordinal")
    texts = [pc.fill_null(fields[name].texts, "") for name in parts]
    joined = pc.binary_join_element_wise(*texts, "|")
    empty = pa.array(fields["core"].codes < 0)
    return encode(pc.if_else(empty, pa.scalar(None, pa.string()), joined))


def reference_keys(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(key, core) of names that children give for their customer: see `key_field`."""
    fields = fields_of(*read(values))
    return key_field(fields).texts, fields["core"].texts
