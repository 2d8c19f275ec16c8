"""How two processes tell each other things: pickled, and tables as Arrow writes them, uncopied.

pickle would take a whole table along where a slice is sent, and copy it once more; so what is Arrow's
goes beside the pickle (its protocol 5), in Arrow's own stream format.
"""

import pickle
from io import BytesIO
from typing import Any, BinaryIO

import pyarrow as pa

#: Of pickle: the first that leaves out what is big.
PROTOCOL = 5


def send(stream: BinaryIO, what: object) -> None:
    """How many parts and how long each is; the pickle; then what Arrow wrote, uncopied."""
    pickled, apart = BytesIO(), []
    _Pickler(pickled, PROTOCOL, buffer_callback=apart.append).dump(what)
    parts = [pickled.getbuffer(), *(one.raw() for one in apart)]
    sizes = [len(parts), *(part.nbytes for part in parts)]
    stream.write(b"".join(size.to_bytes(8, "big") for size in sizes))
    for part in parts:
        stream.write(part)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """What was sent. Raises EOFError where nothing more comes."""
    sizes = [_number(stream) for _ in range(_number(stream))]
    pickled, *apart = (_exactly(stream, size) for size in sizes)
    return pickle.loads(pickled, buffers=apart)


class _Pickler(pickle.Pickler):
    """Tables without the rows that a slice leaves out, which pickle would take along."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, pa.Table):
            return _table, (_packed(thing),)
        if isinstance(thing, pa.Array):
            return _array, (_packed(pa.table([thing], names=["0"])),)
        return NotImplemented


def _packed(table: pa.Table) -> pickle.PickleBuffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return pickle.PickleBuffer(sink.getvalue())


def _table(packed: Any) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(packed)).read_all()


def _array(packed: Any) -> pa.Array:
    return _table(packed)[0].combine_chunks()


def _number(stream: BinaryIO) -> int:
    return int.from_bytes(_exactly(stream, 8), "big")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
