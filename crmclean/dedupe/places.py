"""Where customers are: the city of a record, and its address without the places before it."""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import text, words
from crmclean.dedupe.fields import Field, encode, mapped

_MUNICIPALITIES = ("11", "12", "31", "50")


def address(column: pa.Array) -> tuple[Field, pa.Array]:
    """Addresses without their leading places, spaces and signs; and the code of their city."""
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    short, codes = _read(plain.values)
    return mapped(plain, short), mapped(plain, codes).texts


def doors(addresses: Field) -> Field:
    """Addresses with every digit three times: 中山路1号 is not nearly 中山路9号."""
    return mapped(addresses, pc.replace_substring_regex(addresses.values, r"(\d)", r"\1\1\1"))


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
        codes.append(city(code) if code else _place_code(value))
    return short, codes


def place(cities: pa.Array, provinces: pa.Array, of_address: pa.Array) -> Field:
    """The city's code from the fields, else the province's, else from the address."""
    fields = encode(cities), encode(provinces)
    codes = [mapped(f, [_place_code(value) for value in f.values.to_pylist()]) for f in fields]
    return encode(pc.coalesce(*(field.texts for field in codes), of_address))


def _place_code(value: str) -> str:
    """The deepest place at the start of a text, as a city code."""
    code, places, known = "", words.affixes("places"), words.table("places")
    while len(code) < 4 and (found := places.prefix(value, leave=0)):
        value = value[len(found) :]
        code = known[found] if known[found].startswith(code) else code
    return city(code)


def city(code: str) -> str:
    """The code of a place's city; of the municipality, which has none."""
    return code[:2] if code.startswith(_MUNICIPALITIES) else code[:4]
