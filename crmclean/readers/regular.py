"""Blocks of delimited text that are in order, by Arrow's parser: all columns at once.

In order means: every quote stands at the edge of a cell, every row has the same number of cells,
and there are as many rows as lines. Anything else is left to `delimited`, which goes row by row.
"""

import pyarrow as pa
import pyarrow.csv as pcsv

from crmclean.readers.dialect import Dialect


def columns(block: bytes, dialect: Dialect) -> list[pa.Array] | None:
    """The columns of a block by Arrow's parser, or None where anything in it is out of line."""
    delimiter = dialect.delimiter
    if len(delimiter) > 1 or delimiter > "\x7f" or dialect.backslash or dialect.width < 2:
        return None
    if not _quotes_regular(block, delimiter.encode()):
        return None
    names = [f"c{n}" for n in range(1, dialect.width + 1)]
    try:
        table = pcsv.read_csv(
            pa.BufferReader(block),
            read_options=pcsv.ReadOptions(column_names=names, block_size=len(block) + 1),
            parse_options=pcsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pcsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.count(b"\n"):
        return None
    return [column.combine_chunks() for column in table.columns]


def _quotes_regular(block: bytes, delimiter: bytes) -> bool:
    """Whether every quote stands at the edge of a cell."""
    quotes = block.count(b'"')
    if not quotes:
        return True
    opening = block.count(delimiter + b'"') + block.count(b'\n"') + block.startswith(b'"')
    closing = block.count(b'"' + delimiter) + block.count(b'"\n')
    return opening == closing and opening + closing == quotes
