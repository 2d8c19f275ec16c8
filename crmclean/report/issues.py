"""The issues of a run: a summary by code, and the whole list for the page to filter and sort.

The list is columnar and dictionary-coded: a hundred thousand issues are a megabyte in the page and
a few milliseconds to filter. Above `MOST` the list is cut, errors first; the page
says so, tables/issues.parquet has them all.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.report.finished import Finished, codes, combine, one, tally
from crmclean.report.suggestions import acceptable

MOST = 200_000
EXAMPLES = 3


def facts(run: Finished) -> dict[str, Any]:
    """Counts by severity, one entry per code with examples, and the packed list."""
    issues = _ordered(run.issues)
    shown = issues.slice(0, MOST)
    value, suggestion = (_shown(run, shown, name) for name in ("value", "suggestion"))
    numbers, names = codes(issues["code"])
    counts = np.bincount(numbers[numbers >= 0], minlength=len(names)).tolist()
    severities = dict.fromkeys(messages.SEVERITIES, 0)
    severities |= {key: count for (key,), count in tally(issues, "severity").items()}
    worst = _severities(issues)
    entries = [
        {"code": code, "count": counts[at], "severity": worst[code],
         "examples": _examples(run, shown, value, numbers[: len(shown)], at)}
        for at, code in enumerate(names)
    ]  # fmt: skip
    entries.sort(key=lambda e: (messages.SEVERITIES.index(e["severity"]), -e["count"], e["code"]))
    return {
        "total": issues.num_rows, "shown": shown.num_rows, "severities": severities,
        "codes": entries, "table": table(run, shown, value, suggestion),
    }  # fmt: skip


def _ordered(issues: pa.Table) -> pa.Table:
    """Errors first, then by code, source and row."""
    severity, names = codes(issues["severity"])
    rank = np.array([_rank(name) for name in names] or [0])
    code, _ = codes(issues["code"])
    source = one(issues["source"]).fill_null(0).to_numpy(zero_copy_only=False)
    row = one(issues["row"]).fill_null(0).to_numpy(zero_copy_only=False)
    order = np.lexsort((row, source, code, rank[severity]))
    return issues.take(pa.array(order))


def _shown(run: Finished, issues: pa.Table, name: str) -> pa.Array:
    """A column of values, masked field by field; what belongs to a whole file is no personal value."""
    whole = pc.is_null(issues["row"])
    columns = [codes(issues[key]) for key in ("object", "field", "source", "column")]
    numbers, keys = combine([*columns, codes(pc.cast(whole, pa.string()))])
    values, order = one(issues[name]), np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=len(keys)))
    parts, start = [], 0
    for (owner, field, source, heading, of_file), end in zip(keys, ends.tolist(), strict=True):
        if field is None:
            known = run.mapped.get((source, heading))
            plain = ("customer", "code") if of_file == "true" else (None, None)
            owner, field = (known.object, known.name) if known else plain
        parts.append(run.shown(owner, field, values.take(pa.array(order[start:end]))))
        start = end
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(back)) if parts else values


def _examples(
    run: Finished, issues: pa.Table, values: pa.Array, numbers: np.ndarray, code: int
) -> list:
    """The first few different values of a code, with their places."""
    found: dict[str | None, dict[str, Any]] = {}
    for at in np.flatnonzero(numbers == code)[:50].tolist():
        source, row = issues["source"][at].as_py(), issues["row"][at].as_py()
        value = values[at].as_py()
        place = run.plan.source(source).name if source else ""
        found.setdefault(value, {"value": value, "place": f"{place}!{row}" if row else place})
    return list(found.values())[:EXAMPLES]


def table(
    run: Finished, issues: pa.Table, values: pa.Array, suggestions: pa.Array
) -> dict[str, Any]:
    """The list as columns of numbers and the words they stand for."""
    columns = {
        "v": values,
        "g": suggestions,
        "c": issues["code"],
        "h": issues["column"],
        "o": _owners(run, issues),
    }
    coded = {name: codes(column) for name, column in columns.items()}
    fields, keys = combine([codes(issues["object"]), codes(issues["field"])])
    worst = _severities(issues)
    row = one(issues["row"]).fill_null(0).to_numpy(zero_copy_only=False)
    source = one(issues["source"]).fill_null(0).to_numpy(zero_copy_only=False)
    numbers = {name: pair[0].tolist() for name, pair in coded.items()}
    numbers |= {
        "f": fields.tolist(),
        "s": (source - 1).tolist(),
        "r": np.diff(row, prepend=0).tolist(),
    }
    return {
        "columns": numbers,
        "words": {name: pair[1] for name, pair in coded.items()},
        "fields": [_label(run, *key) for key in keys],
        "sources": [entry.name for entry in run.plan.sources],
        "codes": [_code(code, worst[code]) for code in coded["c"][1]],
        "total": run.issues.num_rows,
        "accept": acceptable(run, issues, values, suggestions),
    }


def _label(run: Finished, owner: str | None, name: str | None) -> dict[str, str]:
    field = run.field(owner, name)
    if field is None:
        return {"zh": name or "", "en": name or "", "path": ""}
    names = run.model[owner].label
    label = {lang: f"{names[lang]} · {field.label[lang]}" for lang in ("zh", "en")}
    return {**label, "path": field.path}


def _severities(issues: pa.Table) -> dict[str, str]:
    """The severity of each code, as its issues were written down; the worst where they differ."""
    seen = sorted(tally(issues, "severity", "code"), key=lambda key: -_rank(key[0]))
    return {code: severity or "error" for severity, code in seen}


def _rank(severity: str | None) -> int:
    return messages.SEVERITIES.index(severity) if severity in messages.SEVERITIES else 0


def _code(code: str, severity: str) -> dict[str, Any]:
    said = {lang: messages.say(code, lang) for lang in messages.LANGUAGES}
    said = {lang: code if text.startswith(code) else text for lang, text in said.items()}
    does = {f"do_{lang}": messages.advice(code, lang) for lang in messages.LANGUAGES}
    return {"code": code, "severity": severity, **said, **does}


def _owners(run: Finished, issues: pa.Table) -> pa.Array:
    """Whose record an issue is about: its own owner, or that of the customer of the same row."""
    owners = pa.nulls(issues.num_rows, pa.string())
    keys = pc.shift_right(one(issues["record"]), tables.PART_BITS)
    for name, records in run.records.items():
        column = next((c for c in ("owner", "by") if c in records.column_names), None)
        if column and records.num_rows and issues.num_rows:
            rows = pc.shift_right(one(records["record"]), tables.PART_BITS)
            here = pc.equal(issues["object"], name) if name != "customer" else True
            found = one(records[column]).take(pc.index_in(keys, rows))
            owners = (
                pc.if_else(here, pc.coalesce(found, owners), owners) if here is not True else found
            )
    return run.shown("customer", "owner", one(owners))
