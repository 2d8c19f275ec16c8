"""How one customer's name is written by different people: `spell` gives a variant and its truth.

The truth of a name cell is the name as a licence would print that spelling: without spaces,
invisible characters, annotations, with full-width brackets. A dropped region, a swapped form or a
wrong character stays: which of them is the licence name is for duplicate detection to decide.
Short names (简称) do not occur: nobody could tell them apart.
"""

import random

import dirt
from world import Customer

ANNOTATIONS = ("（已注销）", "(重复)", "-旧", "（作废）", "（停用）")
OTHER_FORM = {"有限公司": "有限责任公司", "有限责任公司": "有限公司"}


def spell(rng: random.Random, customer: Customer) -> dirt.Cell:
    """The customer's name as somebody may have typed it."""
    if not customer.trade:
        return dirt.person(rng, customer.name)
    right = _worded(rng, customer)
    shown = _typed(rng, right)
    return dirt.Cell(shown, right, "clean" if shown == right else "may")


def _worded(rng: random.Random, customer: Customer) -> str:
    """The words of the name: other order, other form, no region, another script."""
    chance = rng.random()
    region, brand, trade = customer.region, customer.brand, customer.trade
    form, tail = customer.form, customer.tail
    if chance < 0.10 and customer.plain:
        return f"{brand}{trade}{form}{tail}"
    if chance < 0.16 and form in OTHER_FORM:
        return customer.name.replace(form, OTHER_FORM[form])
    if chance < 0.21 and not form.endswith("厂"):
        return f"{brand}（{region}）{trade}{form}{tail}"
    if chance < 0.24 and not form.endswith("厂"):
        return f"{brand}{trade}（{region}）{form}{tail}"
    if chance < 0.29:
        return f"{region}市{brand}{trade}{form}{tail}"
    if chance < 0.32:
        return customer.name.translate(dirt.TRADITIONAL)
    if chance < 0.34 and customer.plain:
        return customer.name.replace(brand, brand.translate(dirt.SAME_SOUND))
    return customer.name


def _typed(rng: random.Random, name: str) -> str:
    """The same words with the accidents of typing."""
    chance = rng.random()
    if "（" in name and chance < 0.45:
        return name.replace("（", "(").replace("）", ")")
    if chance < 0.04:
        return f"{name[:2]} {name[2:]}"
    if chance < 0.07:
        return rng.choice((f" {name}", f"{name}　", f"{name}\u200b", f"{name}\t"))
    if chance < 0.09:
        return name + rng.choice(ANNOTATIONS)
    if chance < 0.10:
        return f"{name}。"
    return name
