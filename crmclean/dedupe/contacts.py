"""Contacts as the engine compares them: only ever within one golden customer.

The weights are set, not learned: inside one customer there are a handful of people, and what makes
two of them one is the same everywhere. One full name in one company is one person, with two
telephones if need be; one mobile with two different names is two people until someone says
otherwise; 王总, and a person without a name, is 王建国 when they share a mobile.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import text
from crmclean.dedupe.compare import Comparison, Level
from crmclean.dedupe.engine import Laws, Spec
from crmclean.dedupe.fields import Field, encode, mapped, numbers, several
from crmclean.dedupe.frozen import Frozen
from crmclean.dedupe.keys import Key
from crmclean.dedupe.persons import Person, parse
from crmclean.dedupe.weights import Weights, built_in

NAME = Comparison(
    "name",
    "name",
    (
        Level("same", "equal", "full", m=0.8, u=0.0002),
        Level("sound", "equal", "full_sound", m=0.05, u=0.0015),
        Level("same_title", "equal", "name", m=0.05, u=0.012),
        Level("surname", "start", "name_open", 1, m=0.05, u=0.025),
        Level("near", "osa", "full", 0.6, m=0.03, u=0.03),
        Level("other", "else", m=0.001, u=0.93),
    ),
    most=12,
    worst=10,
)
MOBILE = Comparison(
    "mobile",
    "mobiles",
    (Level("same", "shared", "mobiles", m=0.7, u=0.0005), Level("other", "else", m=0.3, u=0.9995)),
    most=10,
    worst=1,
)
EMAIL = Comparison(
    "email",
    "email",
    (Level("same", "equal", "email", m=0.7, u=0.005), Level("other", "else", m=0.3, u=0.995)),
    most=7,
    worst=1,
)
WECHAT = Comparison(
    "wechat",
    "wechat",
    (Level("same", "equal", "wechat", m=0.7, u=0.005), Level("other", "else", m=0.3, u=0.995)),
    most=7,
    worst=1,
)
RESIDENT = Comparison(
    "resident_id",
    "resident_id",
    (Level("same", "equal", "resident_id", m=0.9, u=1e-5), Level("other", "else", m=0.01, u=1.0)),
    most=16,
    worst=10,
)
SPEC = Spec(
    keys=tuple(
        Key("equal", (name, "customer"))
        for name in ("name", "full_sound", "surname", "mobiles", "email", "wechat", "resident_id")
    ),
    comparisons=(NAME, MOBILE, EMAIL, WECHAT, RESIDENT),
    cap=60,
    least=0.0,
    prior=-2.0,
    within="customer",
)


def weights() -> Frozen:
    """The set weights: see the module."""
    start = built_in(SPEC.comparisons, 2)
    return Frozen(Weights(start.m, start.u, SPEC.prior or 0.0))


def prepare(contacts: pa.Table, customer: pa.Array) -> dict[str, Field]:
    """The fields of each contact; `customer` is the golden customer, null for an orphan."""
    name, parsed = _names(contacts)
    full = mapped(name, [p.full if p.given else "" for p in parsed])
    mobile = _column(contacts, "mobile")
    others = pc.split_pattern_regex(
        pc.fill_null(_column(contacts, "other_phones"), ""), "[,;/、；]+"
    )
    fields = {
        "customer": encode(customer),
        "name": mapped(name, [p.full for p in parsed]),
        "full": full,
        "full_sound": mapped(full, text.sound(full.values)),
        "surname": mapped(name, [p.surname for p in parsed]),
        "name_open": mapped(name, [p.surname + p.given for p in parsed]),
        "mobiles": several(map(numbers, (mobile, pc.list_element(others, 0)))),
    }
    for column in ("email", "wechat", "resident_id"):
        fields[column] = encode(pc.utf8_lower(_column(contacts, column)))
    return fields


def laws(fields: dict[str, Field], never: np.ndarray, always: np.ndarray) -> Laws:
    """Contacts of different customers never meet; an orphan meets nobody."""
    customer = fields["customer"].codes.astype(np.int64)
    alone = customer < 0
    customer[alone] = len(fields["customer"].values) + np.flatnonzero(alone)
    return Laws((customer,), never, always)


def fullness(fields: dict[str, Field]) -> np.ndarray:
    """2 for a full name, 1 for a surname with a title, 0 without a name."""
    return 1.0 * fields["full"].filled + fields["name"].filled


def _names(contacts: pa.Table) -> tuple[Field, list[Person]]:
    name = encode(_column(contacts, "name"))
    name = mapped(name, text.plain(name.values))
    return name, [parse(value) for value in name.values.to_pylist()]


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()
