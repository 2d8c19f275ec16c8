"""What holds for customers whatever the weight: the credit code, the branch, the ordinal.

Different valid USCC, different branches, 一厂 and 二厂: never one. The same valid USCC: one, unless the
names share nothing; then a person looks.
"""

import numpy as np
import pyarrow.compute as pc

from crmclean.dedupe.customers import NAME, SPEC
from crmclean.dedupe.engine import Laws, Scored
from crmclean.dedupe.fields import Field

#: A branch that is a plant with a number. 特钢第一分厂 may be 特钢一厂, whose name says no branch; but
#: 第一采油厂 and 第一采气厂 are two.
_PLANT = r"^\d+[^\d公司]*厂$"
_CHECK = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def laws_of(fields: dict[str, Field], never: np.ndarray, always: np.ndarray) -> Laws:
    """Different valid USCC, different branch and different ordinal never meet. A plant that says no
    branch but its number may be any plant of that number, though never two of them."""
    branch, ordinal = (fields[name].codes.astype(np.int64) + 1 for name in ("branch", "ordinal"))
    counted = np.where(_matching(fields["branch"], _PLANT), 0, branch)
    signature = counted * (int(ordinal.max(initial=0)) + 1) + ordinal
    plant = (branch == 0) & (ordinal > 0) & _matching(fields["kind"], "^factory$")
    any_plant = np.where(plant, -1, branch)
    return Laws((signature, valid_uscc(fields["uscc"]), any_plant), never, always)


def _matching(field: Field, pattern: str) -> np.ndarray:
    """Whose value matches a pattern."""
    found = pc.match_substring_regex(field.values, pattern).to_numpy(zero_copy_only=False)
    return np.append(found, False)[field.codes].astype(bool)


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
    _, uscc, _ = laws.exclusive
    for name in ("ordinal", "branch"):
        codes = fields[name].codes
        reason[apart & (codes[scored.left] != codes[scored.right])] = f"{name.upper()}_DIFFERS"
    one, two = uscc[scored.left], uscc[scored.right]
    reason[apart & (one != two) & (one >= 0) & (two >= 0)] = "USCC_DIFFERS"
    for rule, code in (("never", "PROJECT_NEVER"), ("decided_never", "DECIDED_DIFFERENT")):
        reason[np.isin(pair, said[rule])] = code
    for rule, code in (("always", "PROJECT_ALWAYS"), ("decided_always", "DECIDED_SAME")):
        reason[np.isin(pair, said[rule]) & ~apart] = code
    return reason


def contradicted(said: dict[str, np.ndarray], label: np.ndarray) -> np.ndarray:
    """Records of pairs that a person called one and that a law, or another word of a person, keeps
    apart: who said so must know."""
    pair = np.union1d(said["always"], said["decided_always"])
    one, two = pair // len(label), pair % len(label)
    apart = label[one] != label[two]
    found = np.zeros(len(label), bool)
    found[one[apart]] = found[two[apart]] = True
    return found


def valid_uscc(field: Field) -> np.ndarray:
    """The code of each record's USCC where it is valid (GB 32100-2015), else -1."""
    if not len(field.values):
        return field.codes
    lookup = np.full(128, -1)
    lookup[[ord(c) for c in _CHECK]] = np.arange(31)
    own = field.characters
    long = np.flatnonzero(own.lengths == 18)
    points = own.points[own.starts[long][:, None] + np.arange(18)]
    points = lookup[np.minimum(points, 127)]
    weights = np.array([pow(3, n, 31) for n in range(17)])
    check = -(points[:, :17] @ weights) % 31
    valid = np.zeros(len(field.values) + 1, bool)
    valid[long] = (points >= 0).all(axis=1) & (check == points[:, 17])
    return np.where(valid[field.codes], field.codes, -1)
