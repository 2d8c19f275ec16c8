"""Customers as the engine compares them: the ladder of each field, the keys, and what adds up.

Shares (m, u) are starting values for tiny files; bigger ones learn their own (`weights.py`). Trade
is not compared by itself (measured: it costs accuracy), but a same brand with another trade is a
level of its own, because sister companies share brand, telephone and address.
"""

from crmclean.dedupe.compare import Comparison, Level
from crmclean.dedupe.engine import Spec
from crmclean.dedupe.keys import Key

#: What reaches one customer and no other: beside it a careless name is enough.
REACH = ("uscc", "phone", "email", "website", "contact")
#: An address may be shared by sister companies: enough beside a name that only a slip explains.
SITE_TOO = (*REACH, "address")
NAME = Comparison(
    "name",
    "core",
    (
        Level("same_name", "equal", "whole", m=0.35, u=2e-8, rare=0.3, free=30),
        Level("same_home", "equal", "home", m=0.02, u=1e-8),
        Level("same", "equal", "long", m=0.2, u=4e-7, rare=0.7, free=12),
        Level("same_short", "equal", "core", m=0.06, u=1e-5, rare=1.0, free=4, beside=SITE_TOO),
        Level("alias", "shared", "aliases", m=0.02, u=2e-6, rare=1.0, free=4),
        Level("sound", "equal", "long_sound", m=0.06, u=1e-6, rare=1.0, free=4, beside=SITE_TOO),
        Level("swapped", "equal", "letters", m=0.02, u=1e-7, rare=1.0, free=4, beside=SITE_TOO),
        Level("sister", "sister", "concern", 2, m=0.01, u=2e-5, doubt=True, most=0.0),
        Level("near", "osa", "long", 0.79, m=0.12, u=3e-6, beside=REACH),
        Level("start", "start", "core", 3, m=0.10, u=1e-5, beside=SITE_TOO),
        Level("inside", "inside", "core", 3, m=0.05, u=4e-5, beside=REACH),
        Level("brand", "equal", "brand", m=0.02, u=2e-5, rare=0.5, free=4, beside=REACH),
        Level("alike", "ratio", "core", 0.6, m=0.04, u=5e-3, beside=REACH),
        Level("other", "else", m=0.02, u=1.0, beside=("uscc",), most=-3.0),
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
        Level("apart", "both", "stated", m=0.005, u=0.8, doubt=True),
        Level("other", "else", m=0.005, u=0.1),
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
        Level("alike", "ratio", "doors", 0.8, m=0.15, u=5e-5),
        Level("partly", "ratio", "doors", 0.6, m=0.1, u=1e-2),
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
        Key("equal", ("brand", "city")),
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
    refine=("area", "contact"),
    caps={"reach": 22.0, "where": 0.0},
    least=0.15,
)
