"""What was worked out from single texts, kept for the next run: parsed names, read addresses.

An answer must be a pure function of the text and of the program. This is a cache like the rest of
OUT/.work/last: it changes nothing but the time that a refresh takes.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.run.keys import program
from crmclean.run.work import Work

PROGRAM = "last/memo/program"
#: The share of texts without a known answer from which all answers are written anew.
FRESH = 0.01


class Memo:
    """`work`: where answers are kept, None for nowhere. `fresh`: as if there had been no last run."""

    def __init__(self, work: Work | None = None, fresh: bool = False) -> None:
        self._work = work
        if work and (fresh or work.get_text(PROGRAM) != program()):
            work.fresh_folder("last/memo")
            work.put_text(PROGRAM, program())

    def of(self, name: str, texts: pa.Array, answer: Callable[[pa.Array], pa.Table]) -> pa.Table:
        """The answers to different texts, one row each: those of the last run, the others new.
        `name`: what is asked."""
        if self._work is None:
            return answer(texts)
        place = f"last/memo/{name}"
        if not self._work.has(place):
            found = answer(texts)
            self._work.put(place, found.append_column("text", texts))
            return found
        known = self._work.get(place).combine_chunks()
        at = pc.index_in(texts, value_set=known["text"].combine_chunks())
        missing = pc.is_null(at)
        new = answer(texts.filter(missing))
        place_of = pc.fill_null(at, -1).to_numpy().astype(np.int64)
        place_of[place_of < 0] = len(known) + np.arange(new.num_rows)
        whole = pa.concat_tables([known.drop_columns(["text"]), new]).combine_chunks()
        found = whole.take(pa.array(place_of))
        if new.num_rows > FRESH * len(texts):
            self._work.put(place, found.append_column("text", texts))
        return found
