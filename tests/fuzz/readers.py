"""The reader fuzzer: mutants of good files, structure-aware where bytes alone would not get far.

    python -m tests.fuzz.readers --mutants 100000 --seed 1

Every mutant must end in rows or in one coded error. Workers are processes: a mutant that kills its
worker, or twice takes more than 30 s (once may be a busy machine), is a finding; its number and the
seed make it again.
A mutant is read and scanned (`scan.inspect`); of kinds that the program reads in a child of its own
the worker is that child for most mutants; its death or hanging is counted apart, and the parent must
then refuse the mutant.
The last line is one JSON object: mutants, rows, refused, uncaught, deaths, child_deaths, hangs.
"""

import argparse
import io
import json
import multiprocessing as mp
import random
import re
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.old_workbooks import xlsb

WORKBOOKS = Path(__file__).parent.parent / "data" / "workbooks"
KINDS = (
    "xlsx", "csv", "xls", "dbf", "sql", "vcard", "html", "json", "xml", "spreadsheetml", "xlsb",
    "ods", "mhtml", "sqlite", "zip",
)  # fmt: skip
#: Kinds that are read by a process of their own. The worker is one: all but every so many mutants
#: are read in it at once, and its end is then the end of a child, which the parent survives.
CHILDS, THROUGH_PARENT = ("xlsb", "ods"), 40
LIMIT = 30.0
CSV = '客户名称,手机,地址\n甲公司,"138\n1","北京 ""路"""\n乙公司,="0139",x\n' * 5
SQL = "CREATE TABLE `c` (\n `n` int,\n `t` text);\nINSERT INTO `c` VALUES (1,'甲\\'x'),(NULL,'');\n"
VCARD = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=\n=E4;;\nTEL;CELL:1\nEND:VCARD\n"
MHTML = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="b"

--b
Content-Type: text/html; charset="gb2312"
Content-Transfer-Encoding: quoted-printable

<table><tr><td>=BF=CD=BB=A7=C3=FB=B3=C6</td><td>=CA=D6=BB=FA</td></tr>
<tr><td>=BC=D7=B9=AB=CB=BE</td><td>013812345678</td></tr></table>
--b--
"""
HTML = "<html><table><tr><th rowspan=2>名称</th><th colspan=3>电话</th></tr><tr><td x:num=1>1.3E+10</td></tr></table>"
JSON = '{"data": {"list": [{"id": 1, "n": "甲", "x": [1, {"y": 2}]}, {"id": 2}]}}'
XML = '<?xml version="1.0"?><root><row id="1"><n>甲</n></row><row id="2"><n>乙</n></row></root>'
SPREADSHEETML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row '
    'ss:Index="2"><Cell ss:Index="3" ss:MergeAcross="1"><Data ss:Type="Number">1.5</Data></Cell>'
    "</Row></Table></Worksheet></Workbook>"
)  # fmt: skip
_NUMBER = re.compile(rb"\d+")
_REFERENCE = re.compile(rb'"([A-Z]{1,3})(\d+)"')
ODD = (b"", b"0", b"-1", b"1e999", b"99999999999", b"NaN", b"\xff\xfe", b"\0", b'"', b"\n", b"\xc4")


def seeds() -> dict[str, bytes]:
    """A good file of each kind."""
    import xlsxwriter
    import xlwt

    page = io.BytesIO()
    book = xlsxwriter.Workbook(page)
    sheet = book.add_worksheet("客户")
    for row in range(6):
        sheet.write_row(row, 0, ["甲公司", 13812345678, 1.5, True])
    sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
    sheet.merge_range("A8:B9", "合并")
    sheet.set_row(3, None, None, {"hidden": True})
    book.close()
    old = io.BytesIO()
    biff = xlwt.Workbook()
    biff_sheet = biff.add_sheet("客户")
    for row in range(6):
        for column, value in enumerate(["甲公司", 138123, 1.5]):
            biff_sheet.write(row, column, value)
    biff.save(old)
    texts = {"csv": CSV, "sql": SQL, "vcard": VCARD, "html": HTML, "json": JSON, "xml": XML}
    texts |= {"mhtml": MHTML, "spreadsheetml": SPREADSHEETML}
    found = {kind: content.encode() for kind, content in texts.items()}
    found |= {"xlsx": page.getvalue(), "xls": old.getvalue(), "dbf": _dbf(), "xlsb": _xlsb()}
    found |= {"sqlite": _sqlite(), "zip": _zip(found)}
    return {**found, "ods": (WORKBOOKS / "客户.ods").read_bytes()}


def _sqlite() -> bytes:
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("create table c (n text, t integer)")
        store.executemany("insert into c values (?, ?)", [("甲公司", 13812345678), (None, 2)])
        store.commit()
        return store.serialize()


def _zip(found: dict[str, bytes]) -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as package:
        for kind in ("csv", "xls", "json"):
            package.writestr(f"客户.{kind}", found[kind])
    return page.getvalue()


def _xlsb() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        rows = [["客户名称", "手机"], ["甲公司", 13812345678.0], ["乙公司", 1.5]]
        return xlsb(Path(folder) / "a.xlsb", rows).read_bytes()


def _dbf() -> bytes:
    head = bytes([3, 124, 1, 2]) + (2).to_bytes(4, "little") + (97).to_bytes(2, "little")
    head += (31).to_bytes(2, "little") + bytes(20)
    for name, kind, size in ((b"NAME", b"C", 20), (b"BUY", b"N", 10)):
        head += name.ljust(11, b"\0") + kind + bytes(4) + bytes([size]) + bytes(15)
    rows = "甲公司".encode("gbk").ljust(20) + b"      1.50"
    return head + b"\r" + (b" " + rows) * 2 + b"\x1a"


def mutant(kind: str, content: bytes, dice: random.Random) -> bytes:
    """One mutant: of the bytes, or for packages mostly of what is inside."""
    if kind in ("xlsx", "xlsb", "ods", "zip") and dice.random() < 0.85:
        return _package(content, dice)
    changed = bytearray(content)
    if kind == "csv" and dice.random() < 0.3:
        changed = bytearray(
            content.decode().encode(dice.choice(["gb18030", "utf-16", "utf-8-sig"]))
        )
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        _bytes(changed, dice)
    return bytes(changed)


def _bytes(changed: bytearray, dice: random.Random) -> None:
    if not changed:
        return
    at = dice.randrange(len(changed))
    size = dice.choice([1, 1, 2, 4, 16, 200])
    what = dice.randrange(6)
    if what == 0:
        changed[at] = dice.randrange(256)
    elif what == 1:
        del changed[at : at + size]
    elif what == 2:
        changed[at:at] = dice.choice(ODD)
    elif what == 3:
        changed[at : at + size] = dice.randbytes(size)
    elif what == 4:
        other = dice.randrange(len(changed))
        changed[at:at] = changed[other : other + size]
    else:
        changed[at : at + 4] = dice.choice(
            [b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff", b"\x7f"]
        )


def _package(content: bytes, dice: random.Random) -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(page, "w") as target:
        names = source.namelist()
        chosen = set(dice.sample(names, dice.choice([1, 1, 2])))
        for name in names:
            part = source.read(name)
            if name in chosen:
                part = _part(part, dice) if name.endswith(".bin") else _xml(part, dice)
                if dice.random() < 0.03:
                    continue
            target.writestr(name, part)
    return page.getvalue()


def _part(part: bytes, dice: random.Random) -> bytes:
    changed = bytearray(part)
    _bytes(changed, dice)
    return bytes(changed)


def _xml(part: bytes, dice: random.Random) -> bytes:
    what = dice.randrange(6)
    if what == 0:
        return _replaced(
            part, _NUMBER, dice.choice([b"0", b"65536", b"1048577", b"-1", b"9" * 12]), dice
        )
    if what == 1:
        reference = dice.choice([b'"XFD1048576"', b'"A0"', b'"ZZZ1"', b'"AAA9999999"', b'"1A"'])
        return _replaced(part, _REFERENCE, reference, dice)
    if what == 2:
        words = (b't="s"', b't="e"', b't="b"', b't="d"', b't="str"', b"<f/>", b"<v/>", b"<is><t>")
        return part.replace(dice.choice([b't="s"', b"<v>", b"</c>"]), dice.choice(words), 1)
    if what == 3:
        at = dice.randrange(len(part) or 1)
        return part[:at] + b'<!DOCTYPE a [<!ENTITY x "y">]>' + part[at:]
    return _part(part, dice)


def _replaced(part: bytes, pattern: re.Pattern, new: bytes, dice: random.Random) -> bytes:
    places = list(pattern.finditer(part))
    if not places:
        return part
    place = dice.choice(places)
    return part[: place.start()] + new + part[place.end() :]


def outcome(content: bytes, folder: Path, isolated: str = "") -> str:
    """rows, refused, or the name of an exception that should not have come out, of reading and of
    the scan. `isolated`: the kind, where this process is the child that reads it."""
    from crmclean import scan
    from crmclean.errors import InputRefused

    path = folder / "mutant.bin"
    path.write_bytes(content)
    try:
        if isolated:
            _as_child(path)
        else:
            scan.inspect(path)
        return "rows"
    except InputRefused as error:
        cause = error.__cause__
        fenced = error.facts.get("reason") == type(cause).__name__ and error.code == "FILE_DAMAGED"
        return f"refused fenced {type(cause).__name__}" if fenced else "refused"
    except Exception as error:
        return f"uncaught {type(error).__name__}: {error}"[:200]


def _as_child(path: Path) -> None:
    """What a child does with a file, if it is still one for it."""
    from crmclean import readers
    from crmclean.readers import child, container, workbook

    found = container.detect(path)
    if found not in CHILDS:
        readers.open_file(path)
        return
    child.limit_memory()
    with readers.fence(path):
        for sheet in workbook.open_workbook(path, found, isolated=True).sheets:
            for batch in sheet.batches():
                batch.validate()


def made(number: int, seed: int, good: dict[str, bytes]) -> tuple[str, bytes]:
    """The mutant with this number: the same for the same seed, whichever worker makes it."""
    dice = random.Random(f"{seed}/{number}")
    kind = KINDS[number % len(KINDS)]
    return kind, mutant(kind, good[kind], dice)


def _work(numbers: range, seed: int, pipe) -> None:
    good = seeds()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            kind, content = made(number, seed, good)
            alone = kind if kind in CHILDS and number // len(KINDS) % THROUGH_PARENT else ""
            pipe.send(("begin", number, f"{kind} alone" if alone else kind))
            pipe.send(("end", number, outcome(content, Path(folder), alone)))
    pipe.send(("done", 0, ""))


def run(mutants: int, seed: int, seconds: float | None = None, first: int = 0) -> dict[str, object]:
    """Fuzz with one worker process at a time; a worker that dies or hangs is replaced."""
    counts: Counter[str] = Counter()
    findings: list[str] = []
    number, start = first, time.monotonic()
    while number < mutants and (seconds is None or time.monotonic() - start < seconds):
        known = len(findings)
        number = _watch(number, mutants, seed, counts, findings, start, seconds)
        for finding in findings[known:]:
            print(finding, file=sys.stderr, flush=True)
    return {
        "mutants": number - first,
        "rows": counts["rows"],
        "refused": counts["refused"],
        "uncaught": counts["uncaught"],
        "deaths": counts["deaths"],
        "child_deaths": counts["child_deaths"],
        "hangs": counts["hangs"],
        "fenced": {kind: n for kind, n in sorted(counts.items()) if kind.startswith("fenced")},
        "findings": findings[:20],
    }


def _watch(number, mutants, seed, counts, findings, start, seconds) -> int:
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    worker = context.Process(target=_work, args=(range(number, mutants), seed, there), daemon=True)
    worker.start()
    there.close()
    kind = ""
    try:
        while seconds is None or time.monotonic() - start < seconds:
            if not here.poll(LIMIT):
                return _hang(number, kind, seed, counts, findings)
            said, number, what = here.recv()
            if said == "done":
                return mutants
            if said == "begin":
                kind = what
                continue
            counts[what.split()[0]] += 1
            if what.startswith("refused f"):
                counts[what.removeprefix("refused ")] += 1
            if what.startswith("uncaught"):
                findings.append(f"{number} {kind}: {what}")
            number += 1
        return number
    except EOFError:
        findings.extend(_end("death", number, kind, seed, counts))
        return number + 1
    finally:
        worker.kill()
        worker.join()


def _hang(number: int, kind: str, seed: int, counts: Counter[str], findings: list[str]) -> int:
    """The number to go on with: the same once more, the next where it hangs again."""
    counts[f"slow {number}"] += 1
    if counts[f"slow {number}"] == 1:
        return number
    findings.extend(_end("hang", number, kind, seed, counts))
    return number + 1


def _end(what: str, number: int, kind: str, seed: int, counts: Counter[str]) -> list[str]:
    """Count a worker that died or hung. Where it was a child, the parent must refuse the mutant."""
    if not kind.endswith("alone"):
        counts[f"{what}s"] += 1
        return [f"{number} {kind}: {what}"]
    counts["child_deaths"] += 1
    with tempfile.TemporaryDirectory() as folder:
        said = outcome(made(number, seed, seeds())[1], Path(folder))
    if said.startswith("refused"):
        return []
    counts["uncaught"] += 1
    return [f"{number} {kind}: the parent says {said}"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--first", type=int, default=0, help="to go on where a slice ended")
    asked = parser.parse_args()
    found = run(asked.mutants, asked.seed, asked.seconds, asked.first)
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
