"""Where customers are: the city of a record, and its address without the places before it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import text, tries, words
from crmclean.dedupe.fields import Field, encode, mapped
from crmclean.dedupe.spans import Spans
from crmclean.run.abreast import abreast, batches

_MUNICIPALITIES = ("11", "12", "31", "50")
_PLACES = tries.of("places")
#: Codes by number of a place, the last for none; how long they are, and their provinces.
_CODES = [*words.table("places").values(), ""]
_SIZES = np.array([*map(len, _CODES)])
_PROVINCES = np.array([int(code[:2] or 0) for code in _CODES])


def address(column: pa.Array) -> tuple[Field, pa.Array]:
    """Addresses without their leading places, spaces and signs; and the code of their city."""
    field = encode(column)
    plain = mapped(field, text.plain(field.values))
    read = zip(*abreast(_read, batches(plain.values)), strict=True)
    short, codes = (pa.concat_arrays(made) for made in read)
    return mapped(plain, short), mapped(plain, codes).texts


def doors(addresses: Field) -> Field:
    """Addresses with every digit three times: 中山路1号 is not nearly 中山路9号."""
    return Field(addresses.codes, pc.replace_substring_regex(addresses.values, r"(\d)", r"\1\1\1"))


def _read(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Plain addresses without the places before them, and the codes of their cities."""
    rest, known = _fronts(Spans.of(text.key(values)), leave=2)
    rows = np.flatnonzero(_SIZES[known] == 0)
    _, known[rows] = _fronts(Spans.of(values.take(pa.array(rows))), leave=0)
    return rest.texts(), _cities(known)


def _fronts(texts: Spans, leave: int) -> tuple[Spans, np.ndarray]:
    """What is left behind the places at the front, and the number of the one that has the code: the
    deepest down to a city, each inside the one before."""
    starts, rows = texts.starts.copy(), np.arange(len(texts))
    known = np.full(len(texts), -1)
    while len(rows):
        place = _PLACES.longest(Spans(texts.points, starts, texts.stops)[rows], leave)
        rows, place = rows[place >= 0], place[place >= 0]
        starts[rows] += _PLACES.lengths[place]
        before = known[rows]
        inside = (_SIZES[before] == 0) | (_PROVINCES[place] == _PROVINCES[before])
        deeper = inside & (_SIZES[before] < 4)
        known[rows[deeper]] = place[deeper]
    return Spans(texts.points, starts, texts.stops), known


def _cities(places: np.ndarray) -> pa.Array:
    return tries.pick(pa.array([*map(city, _CODES)]), places)


def place(cities: pa.Array, provinces: pa.Array, of_address: pa.Array) -> Field:
    """The city's code from the fields, else the province's, else from the address."""
    fields = encode(cities), encode(provinces)
    codes = [mapped(field, _place_codes(field.values)) for field in fields]
    return encode(pc.coalesce(*(field.texts for field in codes), of_address))


def _place_codes(values: pa.Array) -> pa.Array:
    """The deepest places at the start of texts, as city codes."""
    return _cities(_fronts(Spans.of(values), leave=0)[1])


def city(code: str) -> str:
    """The code of a place's city; of the municipality, which has none."""
    return code[:2] if code.startswith(_MUNICIPALITIES) else code[:4]
