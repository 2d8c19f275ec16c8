"""The fields that come of a company's name: its parts, alone and together, and how they sound."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import concerns, names, text
from crmclean.dedupe.fields import Field, encode, mapped, only, several, through
from crmclean.dedupe.places import city
from crmclean.run.abreast import abreast, batches, each


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
    parts |= {name: _compact(parts[name]) for name in ("core", "brand", "concern")}
    codes = parts["code"].dictionary_encode()
    cities = pa.array([city(code) for code in codes.dictionary.to_pylist()], pa.string())
    stated = _stated(parts["region"], parts["code"])
    return pa.table(parts | {"city": cities.take(codes.indices), "stated": stated})


def fields_of(part: dict[str, pa.Array], name: Field) -> dict[str, Field]:
    """What is compared of names that were `read`."""
    found = _of_names(part)
    return {column: through(name, field) for column, field in found.items()}


def _of_names(part: dict[str, pa.Array]) -> dict[str, Field]:
    """The fields of the distinct names: one record for each."""
    read_as = ("core", "brand", "concern", "city", "branch", "ordinal", "kind", "flags", "stated")
    found = dict(zip(read_as, abreast(encode, (part[name] for name in read_as)), strict=True))
    sole = part["sole"].to_numpy(zero_copy_only=False)
    core, brand, long = found["core"], found["brand"], only(found["core"], sole)
    sounds, letters, whole, region = each(
        lambda: [_sound(core), _sound(brand)],
        lambda: mapped(long, long.characters.ordered().texts()),
        lambda: _whole(found["city"], long, core, found["branch"]),
        lambda: encode(part["within"]),
    )
    more = {"core_sound": sounds[0], "brand_sound": sounds[1], "long_sound": only(sounds[0], sole)}
    return found | more | {"long": long, "letters": letters, "whole": whole, "region": region}


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


def _compact(cores: pa.Array) -> pa.Array:
    """Chinese cores without spaces and signs, Latin ones as words."""
    latin = pc.string_is_ascii(cores)
    words = pc.replace_substring_regex(cores.filter(latin), r"\s+", " ")
    return pc.replace_with_mask(text.key(cores), latin, pc.utf8_trim_whitespace(words))


def aliases(core: Field, others: Iterable[tuple[dict[str, pa.Array], Field]]) -> Field:
    """The core and those of other names of the same customer, as they were `read`."""
    return several([core, *(mapped(name, parts["core"]) for parts, name in others)])


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
