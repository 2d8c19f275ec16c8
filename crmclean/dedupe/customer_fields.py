"""The fields of a customer that keys and comparisons use: its name, place, numbers and people."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import name_fields, places, text
from crmclean.dedupe.fields import Field, both, encode, mapped, numbers, only, several
from crmclean.dedupe.persons import full
from crmclean.run.abreast import each
from crmclean.run.beside import beside
from crmclean.tables import PART_BITS

_COURTESY = r"^([\p{Han}·]{2,4})\s*(?:先生|女士|小姐|太太)$"
_SPLIT = r"[,;/、，；\s]+"
_HOST = r"^(?:https?://)?(?:www\.)?(?P<host>[^/?#:]+)"


def prepare(customers: pa.Table, contacts: pa.Table | None = None) -> dict[str, Field]:
    """The fields of each customer that keys and comparisons use. Contacts of the same row lend
    their telephones, e-mail and name."""
    with beside(_around, customers, contacts) as around:
        parts, name = name_fields.read(_called(_column(customers, "name")))
        fields = name_fields.fields_of(parts, name)
    fields |= around.result()
    others = _column(customers, "short_name"), _column(customers, "former_name")
    others += (mapped(name, parts["former"]).texts,)
    place, core = fields["place"], fields["core"]
    contact, fields["aliases"], fields["home"], fields["area"] = each(
        lambda: _others(name, fields["contact"]),
        lambda: name_fields.aliases(core, map(name_fields.read, others)),
        lambda: both(core, fields["address"]),
        lambda: encode(pc.coalesce(place.texts, fields["city"].texts)),
    )
    sound = mapped(contact, text.sound(contact.values))
    return fields | {"contact": contact, "contact_sound": sound}


def _around(customers: pa.Table, contacts: pa.Table | None) -> dict[str, Field]:
    """The fields that a name has no part in: place, numbers and people."""
    person = _of_row(customers, contacts)
    address, of_address = places.address(_column(customers, "address"))
    located = (_column(customers, name) for name in ("city", "province"))
    emails = (pc.utf8_lower(column) for column in (_column(customers, "email"), person["email"]))
    return {
        "address": address,
        "doors": places.doors(address),
        "place": places.place(*located, of_address),
        "uscc": encode(pc.utf8_upper(_column(customers, "uscc"))),
        "phones": _phones(customers, person),
        "emails": several(map(encode, emails)),
        "site": encode(_host(_column(customers, "website"))),
        "contact": _person(person["name"]),
    }


def _called(names: pa.Array) -> pa.Array:
    """Names without 先生 or 女士: private customers are called so in one list and not in the next."""
    courteous = pc.match_substring_regex(names, _COURTESY)
    if not pc.any(courteous).as_py():
        return names
    bare = pc.replace_substring_regex(names.filter(courteous), _COURTESY, r"\1")
    return pc.replace_with_mask(names, courteous, bare)


def _others(name: Field, contact: Field) -> Field:
    """Contacts other than the customer itself: a private customer's own name is no second
    evidence beside the name, and alone never proves a person."""
    own = pc.fill_null(pc.index_in(full(name.values), contact.values), -1).to_numpy()
    return only(contact, np.append(own, -1)[name.codes] != contact.codes)


def fullness(fields: dict[str, Field]) -> np.ndarray:
    """How whole each record's name is: legal form, then region, and no note like 作废 in it."""
    form, region, flags = (fields[name].codes for name in ("kind", "region", "flags"))
    return 2.0 * (form >= 0) + (region >= 0) - 4.0 * (flags >= 0)


def _phones(customers: pa.Table, person: dict[str, pa.Array]) -> Field:
    own = [_column(customers, name) for name in ("phone", "mobile")]
    more = pc.list_element(_padded(_column(customers, "other_phones")), 0)
    every = [*own, more, person["mobile"], person["phone"]]
    return several(map(numbers, every))


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


def _of_row(customers: pa.Table, contacts: pa.Table | None) -> dict[str, pa.Array]:
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
