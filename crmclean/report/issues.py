"""The issues of a run: a summary by code, and the whole list for the page to filter and sort.

The list is columnar and dictionary-coded: a hundred thousand issues are a megabyte in the page and
a few milliseconds to filter. Above `MOST` the list is cut, the most frequent codes first; the page
says so, tables/issues.parquet has them all.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.report.finished import Finished, codes, grouped, one, tally
from crmclean.report.suggestions import acceptable

MOST = 100_000
EXAMPLES = 3


def facts(run: Finished) -> dict[str, Any]:
    """Counts by severity, one entry per code with examples, and the packed list."""
    numbers, names = codes(run.issues["code"])
    counts = np.bincount(numbers[numbers >= 0], minlength=len(names)).tolist()
    severities = dict.fromkeys(messages.SEVERITIES, 0)
    severities |= {key: count for (key,), count in tally(run.issues, "severity").items()}
    worst = _severities(run.issues)
    order = _ordered(run.issues, numbers, [_rank(worst[name]) for name in names])
    shown = run.issues.take(pa.array(order))
    value, suggestion = (_shown(run, order, shown, name) for name in ("value", "suggestion"))
    entries = [
        {"code": code, "count": counts[at], "severity": worst[code],
         "examples": _examples(run, shown, value, numbers[order], at)}
        for at, code in enumerate(names)
    ]  # fmt: skip
    entries.sort(key=lambda e: (messages.SEVERITIES.index(e["severity"]), -e["count"], e["code"]))
    accept = acceptable(run, order, shown, value, suggestion)
    return {
        "total": len(numbers), "shown": len(order), "severities": severities, "codes": entries,
        "most": max(np.bincount(numbers[order], minlength=1)) if len(order) < len(numbers) else 0,
        "table": table(run, order, shown, value, suggestion) | {"accept": accept},
    }  # fmt: skip


def _ordered(issues: pa.Table, numbers: np.ndarray, ranks: list[int]) -> np.ndarray:
    """The issues of the list: errors first, then by code, source and row. Where they are too many,
    every code is cut to the same length, so that a flood of one kind hides no other."""
    rows = np.concatenate([g[: _share(numbers)] for g in grouped(numbers, len(ranks))] or [[]])
    rows = rows.astype(np.int64)
    source, row = (
        one(issues[name]).fill_null(0).to_numpy(zero_copy_only=False)[rows]
        for name in ("source", "row")
    )
    code = numbers[rows]
    return rows[np.lexsort((row, source, code, np.array(ranks or [0])[code]))]


def _share(numbers: np.ndarray) -> int:
    """How many issues of one code the list holds: as many as fit.

    >>> _share(np.array([0] * 7 + [1] * 3)) == MOST
    True
    """
    counts = np.sort(np.bincount(numbers, minlength=1))
    room, left = MOST, len(counts)
    for count in counts.tolist():
        if count * left > room:
            return room // left
        room, left = room - count, left - 1
    return MOST


def _shown(run: Finished, order: np.ndarray, issues: pa.Table, name: str) -> pa.Array:
    """A column of values, masked field by field; what belongs to a whole file is no personal value."""
    about, subjects = run.subjects
    whole = pc.is_null(issues["row"]).to_numpy()
    numbers = about[order] + len(subjects) * whole
    values, parts, rows = one(issues[name]), [], grouped(numbers, 2 * len(subjects))
    for number, mine in enumerate(rows):
        of_file, at = divmod(number, max(len(subjects), 1))
        subject = subjects[at] if subjects[at][1] or not of_file else ("customer", "code")
        parts.append(run.shown(*subject, values.take(pa.array(mine))))
    if not parts:
        return values
    back = np.empty(len(values), np.int64)
    back[np.concatenate(rows)] = np.arange(len(values))
    return pa.concat_arrays(parts).take(pa.array(back))


def _examples(
    run: Finished, issues: pa.Table, values: pa.Array, numbers: np.ndarray, code: int
) -> list:
    """The first few different values of a code, with their places."""
    found: dict[str | None, dict[str, Any]] = {}
    for at in np.flatnonzero(numbers == code)[:50].tolist():
        source, row = issues["source"][at].as_py(), issues["row"][at].as_py()
        value = values[at].as_py()
        place = run.plan.source(source).name if source else ""
        found.setdefault(
            value, {"value": value, "row": row, "place": f"{place}!{row}" if row else place}
        )
    return list(found.values())[:EXAMPLES]


def table(
    run: Finished, order: np.ndarray, issues: pa.Table, values: pa.Array, suggestions: pa.Array
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
    about, subjects = run.subjects
    worst = _severities(issues)
    row, source = (
        one(issues[name]).fill_null(0).to_numpy(zero_copy_only=False) for name in ("row", "source")
    )
    numbers = {name: pair[0] for name, pair in coded.items()}
    numbers |= {"f": about[order], "s": source - 1, "r": np.diff(row, prepend=0)}
    return {
        "columns": numbers,
        "words": {name: pair[1] for name, pair in coded.items()},
        "fields": [_label(run, *subject) for subject in subjects],
        "sources": [entry.name for entry in run.plan.sources],
        "codes": [_code(code, worst[code]) for code in coded["c"][1]],
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
    source = pc.cast(one(issues["source"]), pa.int64())
    keys = pc.add(pc.shift_left(source, tables.ROW_BITS), one(issues["row"]))
    for name, records in run.records.items():
        column = next((c for c in ("owner", "by") if c in records.column_names), None)
        if column and records.num_rows and issues.num_rows:
            rows = pc.shift_right(one(records["record"]), tables.PART_BITS)
            found = one(records[column]).take(pc.index_in(keys, rows))
            theirs = pc.or_kleene(pc.equal(one(issues["object"]), name), name == "customer")
            owners = pc.if_else(theirs.fill_null(False), pc.coalesce(found, owners), owners)
    return run.shown("customer", "owner", owners)
