"""The script that a user would otherwise write for the same work: the opponent in run_speed.py.

    python benchmarks/plain_script.py IN.csv OUT_FOLDER

pandas.read_csv, phonenumbers per value, pandera, rapidfuzz in a loop over blocks of equal first
four characters of the name (at most 200 rows of a block are compared), openpyxl out. It cleans the
same columns, validates, finds duplicates, lists gaps and writes the import file, but keeps no
lineage, asks nobody, explains nothing and cannot be undone. It is not made slow: vectorised pandas
where that is what people write, workbooks in openpyxl's streaming mode.
"""

import re
import sys
import unicodedata
from datetime import datetime
from itertools import combinations
from pathlib import Path

import openpyxl
import pandas as pd
import pandera.pandas as pa
import phonenumbers
from rapidfuzz import fuzz

NOTHING = {
    "无",
    "暂无",
    "-",
    "/",
    "N/A",
    "不详",
    "待补充",
    "0000-00-00",
    "1900-01-01",
    "9999-12-31",
}
DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月%d号", "%Y%m%d", "%y.%m.%d", "%Y-%m-%d %H:%M:%S")  # fmt: skip
LEVELS = {"普通客户": "普通", "重点客户": "重点", "VIP客户": "VIP"}
BLOCK_CAP = 200
SAME = 90

SCHEMA = pa.DataFrameSchema(
    {
        "客户名称": pa.Column(str, pa.Check.str_length(2, 255), nullable=False),
        "联系人": pa.Column(str, nullable=True),
        "手机": pa.Column(str, pa.Check.str_matches(r"^1[3-9]\d{9}$"), nullable=True),
        "公司电话": pa.Column(str, pa.Check.str_matches(r"^(0\d{2,3}-\d{7,8}|400\d{7})$"), nullable=True),
        "邮箱": pa.Column(str, pa.Check.str_matches(r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$"), nullable=True),
        "统一社会信用代码": pa.Column(str, pa.Check.str_matches(r"^[0-9A-HJ-NP-RTUWXY]{18}$"), nullable=True),
        "客户等级": pa.Column(str, pa.Check.isin(["VIP", "重点", "普通"]), nullable=True),
        "创建时间": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}$"), nullable=True),
    }
)  # fmt: skip


def text(value):
    if not isinstance(value, str):
        return None
    value = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", value)).strip()
    return None if value in NOTHING or not value else value


def phone(value):
    """The first number of the cell that phonenumbers calls valid."""
    if not isinstance(value, str):
        return None
    for part in re.split(r"[/、,;\n]|或", value):
        try:
            number = phonenumbers.parse(part, "CN")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            national = str(number.national_number)
            if len(national) == 11 and national.startswith("1"):
                return national
            shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            return re.sub(r"^(0\d{2,3})[ -]*", r"\1-", shown).replace(" ", "")
    return value


def day(value):
    if not isinstance(value, str):
        return None
    for form in DATE_FORMS:
        try:
            return datetime.strptime(value, form).strftime("%Y-%m-%d")
        except ValueError:
            continue
    return value


def amount(value):
    if not isinstance(value, str):
        return None
    hit = re.search(r"([\d.]+)\s*(万?)", value.replace(",", ""))
    return float(hit[1]) * (10000 if hit[2] else 1) if hit else None


def clean(table):
    for column in table:
        table[column] = table[column].map(text)
    for column in ("手机", "公司电话"):
        table[column] = table[column].map(phone)
    table["创建时间"] = table["创建时间"].map(day)
    table["年采购额"] = table["年采购额"].map(amount)
    table["邮箱"] = table["邮箱"].str.lower().str.strip(" ;")
    table["统一社会信用代码"] = (
        table["统一社会信用代码"].str.upper().str.replace(r"[ -]", "", regex=True)
    )
    table["客户等级"] = table["客户等级"].replace(LEVELS)
    return table


def problems(table):
    try:
        SCHEMA.validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return errors.failure_cases
    return pd.DataFrame()


def duplicates(table):
    """The first row of the cluster of each row."""
    cluster = list(range(len(table)))

    def root(n):
        while cluster[n] != n:
            n = cluster[n]
        return n

    names = table["客户名称"].fillna("").tolist()
    for _, block in table.groupby(table["客户名称"].str[:4]).indices.items():
        for left, right in combinations(block[:BLOCK_CAP], 2):
            if fuzz.ratio(names[left], names[right]) >= SAME:
                a, b = sorted((root(left), root(right)))
                cluster[b] = a
    return [root(n) for n in range(len(table))]


def save(table, path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(table.columns))
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False, name=None):
        sheet.append(row)
    book.save(path)


def main(source, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = clean(pd.read_csv(source, dtype=str))
    found = problems(table)
    table["cluster"] = duplicates(table)
    golden = table.groupby("cluster").first().reset_index(drop=True)
    save(golden, folder / "customers.xlsx")
    save(table[table["cluster"].duplicated(keep=False)], folder / "duplicates.xlsx")
    save(found, folder / "problems.xlsx")
    for owner, rows in golden[golden[["手机", "职位"]].isna().any(axis=1)].groupby("负责人"):
        save(rows, folder / f"gaps_{owner}.xlsx")
    print(f"{len(table)} rows, {len(golden)} customers, {len(found)} problems")


if __name__ == "__main__":
    main(*sys.argv[1:3])
