"""Customers as the engine compares them: parsed names, places, numbers, and the laws.

Shares (m, u) are starting values for tiny files; bigger ones learn their own (`weights.py`). Trade
is not compared by itself (measured: it costs accuracy), but a same brand with another trade is a
level of its own, because sister companies share brand, telephone and address.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import names, text, words
from crmclean.dedupe.compare import Comparison, Level
from crmclean.dedupe.engine import Laws, Scored, Spec
from crmclean.dedupe.fields import Field, distinct, encode, mapped, several
from crmclean.dedupe.keys import Key

NAME = Comparison(
    "name",
    "core",
    (
        Level("same_name", "equal", "whole", m=0.35, u=2e-8, rare=0.3, free=30),
        Level("same", "equal", "long", m=0.2, u=4e-7, rare=0.7, free=12),
        Level("same_short", "equal", "core", m=0.06, u=1e-5, rare=1.0, free=4, alone=False),
        Level("alias", "shared", "aliases", m=0.02, u=2e-6, rare=1.0, free=4),
        Level("sound", "equal", "long_sound", m=0.06, u=1e-6, rare=1.0, free=4, alone=False),
        Level("sister", "sister", "core", 2, m=0.01, u=2e-5, doubt=True, most=0.0),
        Level("near", "osa", "long", 0.79, m=0.12, u=3e-6, alone=False),
        Level("start", "start", "core", 3, m=0.10, u=1e-5, alone=False),
        Level("inside", "inside", "core", 3, m=0.05, u=4e-5, alone=False),
        Level("brand", "equal", "brand", m=0.02, u=2e-5, rare=0.5, free=4, alone=False),
        Level("alike", "ratio", "core", 0.6, m=0.04, u=5e-3, alone=False),
        Level("other", "else", m=0.02, u=1.0, alone=False, most=-3.0),
    ),
    most=24,
    worst=8,
    needed=True,
)
REGION = Comparison(
    "region",
    "region",
    (
        Level("same", "equal", "region", m=0.85, u=0.05, rare=0.5),
        Level("within", "start", "region", 2, m=0.14, u=0.05),
        Level("other", "else", m=0.01, u=0.9),
    ),
    most=7,
    worst=8,
    group="where",
)
PLACE = Comparison(
    "place",
    "place",
    (
        Level("same", "equal", "place", m=0.9, u=0.05, rare=0.5),
        Level("within", "start", "place", 2, m=0.06, u=0.05),
        Level("other", "else", m=0.04, u=0.9),
    ),
    most=6,
    worst=5,
    group="where",
)
USCC = Comparison(
    "uscc",
    "uscc",
    (
        Level("same", "equal", "uscc", m=0.95, u=1e-8, rare=1.0, free=6),
        Level("near", "osa", "uscc", 0.88, m=0.03, u=1e-6),
        Level("other", "else", m=0.02, u=1.0),
    ),
    most=24,
    worst=10,
)
PHONE = Comparison(
    "phone",
    "phones",
    (
        Level("same", "shared", "phones", m=0.65, u=1e-6, rare=1.0, free=4),
        Level("other", "else", m=0.35, u=1.0),
    ),
    most=16,
    worst=3,
    group="reach",
)
EMAIL = Comparison(
    "email",
    "emails",
    (
        Level("same", "shared", "emails", m=0.6, u=1e-6, rare=1.0, free=4),
        Level("other", "else", m=0.4, u=1.0),
    ),
    most=14,
    worst=2,
    group="reach",
)
SITE = Comparison(
    "website",
    "site",
    (
        Level("same", "equal", "site", m=0.8, u=1e-6, rare=1.0, free=4),
        Level("other", "else", m=0.2, u=1.0),
    ),
    most=12,
    worst=3,
    group="reach",
)
CONTACT = Comparison(
    "contact",
    "contact",
    (
        Level("same", "equal", "contact", m=0.6, u=2e-4, rare=1.0),
        Level("sound", "equal", "contact_sound", m=0.03, u=3e-4),
        Level("other", "else", m=0.37, u=1.0),
    ),
    most=11,
    worst=2,
    group="reach",
)
ADDRESS = Comparison(
    "address",
    "address",
    (
        Level("same", "equal", "address", m=0.4, u=2e-6, rare=1.0, free=4),
        Level("inside", "inside", "address", 6, m=0.2, u=2e-5),
        Level("alike", "ratio", "address", 0.8, m=0.15, u=5e-5),
        Level("partly", "ratio", "address", 0.6, m=0.1, u=1e-2),
        Level("other", "else", m=0.15, u=1.0),
    ),
    most=13,
    worst=4,
    group="reach",
)
FORM = Comparison(
    "form",
    "kind",
    (Level("same", "equal", "kind", m=0.97, u=0.6), Level("other", "else", m=0.03, u=0.4)),
    most=1,
    worst=4,
)
SPEC = Spec(
    keys=(
        Key("equal", ("uscc",)),
        Key("equal", ("phones",)),
        Key("equal", ("emails",)),
        Key("equal", ("site",)),
        Key("equal", ("aliases",)),  # the core is the first of them
        Key("equal", ("brand", "region")),
        Key("equal", ("brand_sound",)),
        Key("equal", ("core_sound",)),
        Key("head", ("core",), 4),
        Key("gram", ("core",), 3),
        Key("drop", ("core",), 6),
        Key("word", ("core",), 4),
        Key("equal", ("contact", "place")),
        Key("equal", ("address",)),
    ),
    comparisons=(NAME, REGION, PLACE, USCC, PHONE, EMAIL, SITE, CONTACT, ADDRESS, FORM),
    support=("uscc", "phone", "email", "website", "contact"),
    refine=("area", "contact"),
    caps={"reach": 22.0, "where": 0.0},
    least=0.15,
)

_SPLIT = r"[,;/、，；\s]+"
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([^/?#:]+)")
_CHECK = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MUNICIPALITIES = ("11", "12", "31", "50")


def prepare(customers: pa.Table, contacts: pa.Table | None = None) -> dict[str, Field]:
    """The fields of each customer that keys and comparisons use. Contacts of the same row lend
    their telephones, e-mail and name."""
    beside = _beside(customers, contacts)
    parsed, name = _names(_column(customers, "name"))
    fields = _name_fields(parsed, name)
    short = _names(_column(customers, "short_name"))
    former = _names(_column(customers, "former_name"))
    fields["aliases"] = _aliases(
        fields["core"], (short, former), mapped(name, [p.former for p in parsed])
    )
    fields["address"], of_address = _address(_column(customers, "address"))
    fields["place"] = _place(customers, of_address)
    fields["area"] = encode(pc.coalesce(_texts(fields["place"]), _texts(fields["region"])))
    uscc = encode(_column(customers, "uscc"))
    fields["uscc"] = mapped(uscc, [value.upper() for value in uscc.values])
    fields["phones"] = _phones(customers, beside)
    fields["emails"] = several(
        [pc.utf8_lower(_column(customers, "email")), pc.utf8_lower(beside["email"])]
    )
    site = encode(_column(customers, "website"))
    fields["site"] = mapped(site, [_host(value) for value in site.values])
    fields["contact"] = _person(beside["name"])
    fields["contact_sound"] = mapped(fields["contact"], text.sound(list(fields["contact"].values)))
    return fields


def laws(fields: dict[str, Field], never: np.ndarray, always: np.ndarray) -> Laws:
    """Different valid USCC, different branch and different ordinal never meet."""
    signature = distinct(np.column_stack([fields["branch"].codes, fields["ordinal"].codes]))
    return Laws((signature, valid_uscc(fields["uscc"])), never, always)


def same_uscc(scored: Scored, fields: dict[str, Field]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that one valid USCC proves (left * n + right), and which pairs it makes doubtful: the
    same code under names that share nothing may be a former name or a copied cell."""
    valid = valid_uscc(fields["uscc"])
    one, two = valid[scored.left], valid[scored.right]
    same = (one == two) & (one >= 0)
    names = [level.name for level in NAME.levels]
    strange = scored.levels[:, SPEC.comparisons.index(NAME)] == names.index("other") + 1
    return (scored.left * len(valid) + scored.right)[same & ~strange], same & strange


def reasons(
    scored: Scored,
    fields: dict[str, Field],
    laws: Laws,
    said: dict[str, np.ndarray],
    verdict: np.ndarray,
    sure: np.ndarray,
    doubtful: np.ndarray,
) -> np.ndarray:
    """Why a pair is what it is where weight alone does not say: a code of the catalogue, or ""."""
    pair = scored.left * len(laws.exclusive[0]) + scored.right
    reason = np.full(len(pair), "", object)
    reason[np.isin(pair, sure)] = "SAME_USCC"
    reason[doubtful] = "SAME_USCC_OTHER_NAME"
    apart = verdict == "different"
    _, uscc = laws.exclusive
    for name in ("ordinal", "branch"):
        codes = fields[name].codes
        reason[apart & (codes[scored.left] != codes[scored.right])] = f"{name.upper()}_DIFFERS"
    one, two = uscc[scored.left], uscc[scored.right]
    reason[apart & (one != two) & (one >= 0) & (two >= 0)] = "USCC_DIFFERS"
    for rule, code in (
        ("always", "PROJECT_ALWAYS"),
        ("never", "PROJECT_NEVER"),
        ("decided_always", "DECIDED_SAME"),
        ("decided_never", "DECIDED_DIFFERENT"),
    ):
        reason[np.isin(pair, said[rule])] = code
    return reason


def fullness(fields: dict[str, Field]) -> np.ndarray:
    """How whole each record's name is: legal form, then region, and no note like 作废 in it."""
    form, region, flags = (fields[name].codes for name in ("kind", "region", "flags"))
    return 2.0 * (form >= 0) + (region >= 0) - 4.0 * (flags >= 0)


def valid_uscc(field: Field) -> np.ndarray:
    """The code of each record's USCC where it is valid (GB 32100-2015), else -1."""
    if not len(field.values):
        return field.codes
    lookup = np.full(128, -1)
    lookup[[ord(c) for c in _CHECK]] = np.arange(31)
    long = np.array([len(value) == 18 and value.isascii() for value in field.values])
    texts = [value if good else "0" * 18 for value, good in zip(field.values, long, strict=True)]
    points = lookup[np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(-1, 18)]
    weights = np.array([pow(3, n, 31) for n in range(17)])
    check = -(points[:, :17] @ weights) % 31
    valid = long & (points >= 0).all(axis=1) & (check == points[:, 17])
    return np.where(np.append(valid, False)[field.codes], field.codes, -1)


def reference_keys(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(key, core) of names that children give for their customer: see `key_field`."""
    parsed, name = _names(values)
    fields = _name_fields(parsed, name)
    return _texts(key_field(fields)), _texts(fields["core"])


def key_field(fields: dict[str, Field]) -> Field:
    """What identifies a customer by name: region, core, branch and ordinal."""
    texts = [
        pc.fill_null(_texts(fields[name]), "") for name in ("region", "core", "branch", "ordinal")
    ]
    joined = pc.binary_join_element_wise(*texts, "|")
    empty = pa.array(fields["core"].codes < 0)
    return encode(pc.if_else(empty, pa.scalar(None, pa.string()), joined))


def _names(column: pa.Array) -> tuple[list[names.Parts], Field]:
    field = encode(column)
    plain = mapped(field, text.plain(list(field.values)))
    return [names.parse(value) for value in plain.values], plain


def _name_fields(parsed: list[names.Parts], name: Field) -> dict[str, Field]:
    core = mapped(name, [_compact(p.core) for p in parsed])
    brand = mapped(name, [_compact(p.brand) for p in parsed])
    long = mapped(core, [value if len(value) >= 4 else "" for value in core.values])
    region = mapped(name, [_city(p.code) for p in parsed])
    return {
        "core": core,
        "long": long,
        "whole": _whole(region, long),
        "brand": brand,
        "core_sound": mapped(core, text.sound(list(core.values))),
        "long_sound": mapped(long, text.sound(list(long.values))),
        "brand_sound": mapped(brand, text.sound(list(brand.values))),
        "region": region,
        "branch": mapped(name, [p.branch for p in parsed]),
        "ordinal": mapped(name, [p.ordinal for p in parsed]),
        "kind": mapped(name, [p.kind for p in parsed]),
        "flags": mapped(name, [p.flags for p in parsed]),
    }


def _whole(region: Field, long: Field) -> Field:
    """City and core together: what the registry lets exist only once; missing without either."""
    return encode(pc.binary_join_element_wise(_texts(region), _texts(long), "|"))


def _compact(core: str) -> str:
    """Chinese cores without spaces and signs, Latin ones as words."""
    return " ".join(core.split()) if core.isascii() else text.key(core)


def _aliases(core: Field, others: tuple, former: Field) -> Field:
    columns = [_texts(core)]
    for parsed, name in others:
        columns.append(_texts(mapped(name, [_compact(p.core) for p in parsed])))
    former_parts = [names.parse(value) if value else names.Parts() for value in former.values]
    columns.append(_texts(mapped(former, [_compact(p.core) for p in former_parts])))
    return several(columns)


def _texts(field: Field) -> pa.Array:
    indices = pa.array(field.codes, mask=field.codes < 0)
    return pa.array(field.values, pa.string()).take(indices)


def _place(customers: pa.Table, of_address: pa.Array) -> Field:
    """The city's code from the fields, else the province's, else from the address."""
    fields = [encode(_column(customers, name)) for name in ("city", "province")]
    codes = [mapped(f, [_place_code(value) for value in f.values]) for f in fields]
    return encode(pc.coalesce(*(_texts(field) for field in codes), of_address))


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
    own = _column(customers, "phone")
    more = pc.list_element(_padded(_column(customers, "other_phones")), 0)
    return several([own, more, beside["mobile"], beside["phone"]])


def _padded(column: pa.Array) -> pa.Array:
    """Each cell split into its values, at least one."""
    return pc.split_pattern_regex(pc.fill_null(column, ""), _SPLIT)


def _host(site: str) -> str:
    found = _HOST.match(site.strip().lower())
    return found[1] if found else ""


def _person(column: pa.Array) -> Field:
    field = encode(column)
    plain = mapped(field, text.plain(list(field.values)))
    from crmclean.dedupe.persons import parse

    return mapped(plain, [parse(value).full for value in plain.values])


def _address(column: pa.Array) -> tuple[Field, pa.Array]:
    """Addresses without their leading places, spaces and signs; and the code of their city."""
    field = encode(column)
    plain = mapped(field, text.plain(list(field.values)))
    prefix, known = words.affixes("places").prefix, words.table("places")
    short, codes = [], []
    for value in plain.values:
        rest, code = text.key(value), ""
        while found := prefix(rest):
            rest = rest[len(found) :]
            if len(code) < 4 and known[found].startswith(code):
                code = known[found]
        short.append(rest)
        codes.append(_city(code) if code else _place_code(value))
    return mapped(plain, short), _texts(mapped(plain, codes))


def _beside(customers: pa.Table, contacts: pa.Table | None) -> dict[str, pa.Array]:
    """Values of the first contact of the same source row as each customer."""
    from crmclean.tables import PART_BITS

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
