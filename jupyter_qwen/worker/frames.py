"""Messages on a pipe: eight bytes that count, then so many bytes of JSON."""

from __future__ import annotations

import struct
from typing import IO, Final

_HEAD: Final = struct.Struct(">Q")


class FrameTooLong(ValueError):
    """A message is longer than the reader takes; the pipe cannot be used any further."""


def write_frame(stream: IO[bytes], body: bytes) -> None:
    stream.write(_HEAD.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], most: int) -> bytes | None:
    """The next message, of at most `most` bytes; ``None`` at the end of the pipe. Raises FrameTooLong."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (length,) = _HEAD.unpack(head)
    if length > most:
        raise FrameTooLong(f"{length:,} bytes are announced; at most {most:,} are taken.")
    body = stream.read(length)
    return body if len(body) == length else None
