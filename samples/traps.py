"""All customers, and among them the traps: companies that look alike and are not the same.

Branches and offices, plants with ordinals, one brand in two trades or two cities, tenants who share
a switchboard, one manager of two companies, two private persons of one name. A wrong merge of any
of these cannot be seen afterwards (the laws of the design forbid it).
"""

import random
from dataclasses import replace

import world
from world import CITIES, TRADES, Customer, landline

PLANTS = ("棉纺", "机床", "水泥", "毛巾", "酱菜", "轴承", "锻造")


def customers(rng: random.Random) -> list[Customer]:
    """All of them: ordinary ones first, then the ones that must not be taken for each other."""
    usual = [
        world.ordinary(rng, number, brand) for number, brand in enumerate(world.brands(rng, 415), 1)
    ]
    usual = _share_switchboards(rng, usual)
    traps = [
        trap
        for make in (_branches, _ordinals, _same_brand_other_trade, _same_name_other_city)
        for trap in make(rng, usual)
    ]
    everybody = _with_ids([*_unplain(usual, traps), *traps])
    return _same_boss(rng, everybody) + _private_persons(rng, len(everybody))


def _share_switchboards(rng: random.Random, all_of_them: list[Customer]) -> list[Customer]:
    """Tenants of one industrial park, or clients of one bookkeeper: same phone, not the same."""
    shared = list(all_of_them)
    for _ in range(9):
        first = rng.choice(shared)
        if first.phone.startswith("400"):
            continue
        tenants = [n for n, c in enumerate(shared) if c.region == first.region][
            : rng.randrange(3, 7)
        ]
        for n in tenants:
            shared[n] = replace(shared[n], phone=first.phone)
    return shared


def _like(rng: random.Random, parent: Customer, **changes: object) -> Customer:
    fresh = {
        "uscc": world.uscc(rng, CITIES[str(changes.get("region", parent.region))][2]),
        "people": world.people(rng),
        "plain": False,
        "brackets": False,
    }
    return replace(parent, **{**fresh, "created": world.day(rng), **changes})


def _branches(rng: random.Random, parents: list[Customer]) -> list[Customer]:
    branches = []
    for parent in rng.sample(parents, 16):
        kinds = rng.choice((("分公司",), ("分公司", "办事处"), ("办事处",)))
        for kind, city in zip(kinds, rng.sample(tuple(CITIES), len(kinds)), strict=True):
            own_phone = landline(rng, city) if rng.random() < 0.6 else parent.phone
            address = world.address_in(rng, city, parent.brand)
            branches.append(
                _like(
                    rng,
                    parent,
                    tail=f"{city}{kind}",
                    phone=own_phone,
                    address=address,
                    brackets=parent.brackets,
                )
            )
    return branches


def _ordinals(rng: random.Random, models: list[Customer]) -> list[Customer]:
    plants = []
    for model, trade in zip(rng.sample(models, 7), PLANTS, strict=True):
        for ordinal in rng.choice(("一二", "一二三", "一三")):
            form = f"第{ordinal}厂" if trade in ("水泥", "锻造") else f"{ordinal}厂"
            plants.append(_like(rng, model, trade=trade, form=form))
    return plants


def _same_brand_other_trade(rng: random.Random, models: list[Customer]) -> list[Customer]:
    return [
        _like(rng, m, trade=rng.choice([t for t in TRADES if t != m.trade]))
        for m in rng.sample(models, 14)
    ]


def _same_name_other_city(rng: random.Random, models: list[Customer]) -> list[Customer]:
    namesakes = []
    for model in rng.sample(models, 14):
        city = rng.choice([c for c in CITIES if c != model.region])
        place = {
            "region": city,
            "phone": landline(rng, city),
            "address": world.address_in(rng, city, model.brand),
        }
        namesakes.append(_like(rng, model, brackets=model.brackets, **place))
    return namesakes


def _unplain(ordinary: list[Customer], traps: list[Customer]) -> list[Customer]:
    taken = {trap.brand for trap in traps}
    return [replace(c, plain=False) if c.brand in taken else c for c in ordinary]


def _with_ids(everybody: list[Customer]) -> list[Customer]:
    numbered = []
    for number, customer in enumerate(everybody, 1):
        own = f"K{number:04}"
        people = tuple(replace(p, id=f"{own}-{n}") for n, p in enumerate(customer.people, 1))
        numbered.append(replace(customer, id=own, people=people))
    return numbered


def _same_boss(rng: random.Random, everybody: list[Customer]) -> list[Customer]:
    """One person with one mobile at two companies, and two people who share a mobile at one."""
    changed = list(everybody)
    for left, right in zip(*[iter(rng.sample(range(len(changed)), 16))] * 2, strict=True):
        boss = replace(changed[left].people[0], id=changed[right].people[0].id)
        changed[right] = replace(changed[right], people=(boss, *changed[right].people[1:]))
    crowded = [n for n, c in enumerate(changed) if len(c.people) > 1]
    for n in rng.sample(crowded, 8):
        first, second, *rest = changed[n].people
        people = (first, replace(second, mobile=first.mobile), *rest)
        changed[n] = replace(changed[n], people=people)
    return changed


def _private_persons(rng: random.Random, taken: int) -> list[Customer]:
    """Customers who are people. The first two are namesakes."""
    persons = []
    for n, name in enumerate(("何静", "何静", "许文博", "邓玉兰", "蔡承志", "魏欣悦"), taken + 1):
        base = world.ordinary(rng, n, name)
        person = replace(base.people[0], id=f"{base.id}-1", name=name)
        persons.append(
            replace(
                base,
                region="",
                trade="",
                form="",
                brackets=False,
                uscc="",
                phone="",
                purchases=None,
                people=(person,),
                plain=False,
            )
        )
    return persons
