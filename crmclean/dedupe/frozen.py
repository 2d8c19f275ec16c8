"""What stays as it was learned until `dedupe --retrain`: weights, frequencies, sizes of blocks.

So that a pair that was decided on keeps its weight next month, and that whether two records are
compared, and what their likeness weighs, depends on the two and the state alone: a refresh compares
new records with old ones and comes to what a full run with the same state comes to.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crmclean.dedupe.blocks import kinds
from crmclean.dedupe.held import Held
from crmclean.dedupe.weights import Weights

if TYPE_CHECKING:
    from crmclean.dedupe.engine import Spec


@dataclass(frozen=True)
class Frozen:
    """The weights; how common the values of each field are, and the keys of each kind. Where one
    of the latter is empty, what the data at hand says takes its place."""

    weights: Weights
    values: dict[str, Held] = field(default_factory=dict)
    keys: dict[str, Held] = field(default_factory=dict)

    def entry(self, object: str) -> dict[str, Any]:
        """The entry in the state, exact to the last bit."""
        shares = {
            side: {name: values.tolist() for name, values in getattr(self.weights, side).items()}
            for side in ("m", "u")
        }
        held = {
            kind: {name: one.entry() for name, one in getattr(self, kind).items()}
            for kind in ("values", "keys")
        }
        return {"object": object, "prior": self.weights.prior, **shares, **held}


def from_entry(entry: dict[str, Any], spec: "Spec") -> Frozen | None:
    """What an entry of the state holds; None where another program's keys and comparisons made it."""
    m, u = ({n: np.array(v) for n, v in entry[side].items()} for side in ("m", "u"))
    fits = set(entry.get("keys", ())) == set(kinds(spec)) and all(
        len(m.get(c.name, ())) == len(u.get(c.name, ())) == len(c.levels) for c in spec.comparisons
    )
    if not fits:
        return None
    values, keys = (
        {name: Held.from_entry(one) for name, one in entry[kind].items()}
        for kind in ("values", "keys")
    )
    return Frozen(Weights(m, u, entry["prior"]), values, keys)
