"""Content-Encoding undone piece by piece, so that no bomb is ever whole in memory. Pure.

    decoding = Decoding("gzip, br", most=10_000_000)
    for piece in wire: decoding.add(piece)
    body = decoding.end()

The HTTP client could do this itself, but it expands a piece before anybody can count it, knows
no zstd here, and takes a compressed stream without its end for a whole body.

| encoding      | standard         | what is read                                                 |
|---------------|------------------|--------------------------------------------------------------|
| gzip, x-gzip  | RFC 1952         | one member or several; what follows the last one is ignored  |
| deflate       | RFC 1950 or 1951 | with zlib's frame or, as some servers have it, without       |
| br            | RFC 7932         | one stream                                                   |
| zstd          | RFC 8878, 9659   | frames with a window of at most 8 MB                         |
| identity      | RFC 9110 8.4     | as it is; so too where a charset was written by mistake      |
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from pipeline.errors import WatchError

#: sent as Accept-Encoding
ACCEPTED = "gzip, deflate, br, zstd"

#: more encodings upon each other than this are a trick
MOST_STEPS = 3
#: gzip members or zstd frames of one body; an empty one costs time but yields nothing to count
MOST_MEMBERS = 1_000
#: about how many bytes one step yields at a time
PIECE = 65_536
#: RFC 9659: a zstd window above 8 MB must not be used on the web
_ZSTD_WINDOW = 8 * 1024 * 1024
#: zstd has no bound on its output; 4 bytes are at most 128 KiB (RFC 8878 3.1.1.2), so this is 8 MiB
_ZSTD_SLICE = 256
#: not compressions: what servers write there when they mean nothing, or the charset
_NOTHING = {"", "identity", "none", "binary", "utf-8", "utf8", "iso-8859-1"}


class DecodingError(WatchError):
    """The body cannot be decompressed; the text says why, to follow the name of a feed."""


class TooLargeError(WatchError):
    """More bytes came out, on the wire or of a step, than the body may have."""


class _Step(Protocol):
    def add(self, data: bytes) -> Iterator[bytes]:
        """What comes out of the next bytes, in pieces of bounded size."""

    @property
    def whole(self) -> bool:
        """True where the stream had its end."""


class Decoding:
    """One body on its way from the wire to bytes that can be read."""

    def __init__(self, content_encoding: str, *, most: int) -> None:
        """`most` bounds the bytes on the wire, of each step in between, and of the body.

        Raises:
            DecodingError: an encoding that nobody here can read, or more than MOST_STEPS.
        """
        self._steps = steps(content_encoding)
        self._counts = [0] * (len(self._steps) + 1)
        self._most = most
        self._body: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """The next bytes of the wire.

        Raises:
            DecodingError: they are not what Content-Encoding says.
            TooLargeError: the body is larger than `most`, compressed or not.
        """
        self._through(0, piece)

    def _through(self, number: int, data: bytes) -> None:
        self._counts[number] += len(data)
        if number == len(self._steps):
            self._body.append(data)
        if self._counts[number] > self._most:
            raise TooLargeError
        if number == len(self._steps):
            return
        for piece in self._steps[number].add(data):
            self._through(number + 1, piece)

    def beginning(self) -> bytes:
        """What came so far, at most `most` bytes of it."""
        return b"".join(self._body)[: self._most]

    def end(self) -> bytes:
        """The whole body.

        Raises:
            DecodingError: a compressed stream lacks its end: the body was cut.
        """
        # An answer of no bytes at all is empty, whatever its headers say.
        if self._counts[0] and not all(step.whole for step in self._steps):
            raise DecodingError("is compressed, and the compression ends too early")
        return b"".join(self._body)


def steps(content_encoding: str) -> list[_Step]:
    """What must be undone, in this order: the last encoding that was applied comes first."""
    if not content_encoding:
        return []
    names = [n for n in (n.strip().lower() for n in content_encoding.split(","))
             if n not in _NOTHING]  # fmt: skip
    unknown = [n for n in names if n not in _STEPS]
    if unknown:
        raise DecodingError(f"is compressed by “{unknown[0][:40]}”, which cannot be read here")
    if len(names) > MOST_STEPS:
        raise DecodingError(f"is compressed {len(names)} times over")
    return [_STEPS[name]() for name in reversed(names)]


def _damaged() -> DecodingError:
    return DecodingError("is compressed, and the compression is damaged")


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        try:
            out = stream.decompress(data, PIECE)
        except zlib.error as e:
            raise _damaged() from e
        if out:
            yield out
        data = stream.unconsumed_tail
        # A full piece may have left more behind inside, though all input is gone.
        if stream.eof or (not data and len(out) < PIECE):
            return


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(31)
        self._members = 0
        self._held = b""  #: bytes after a member that may begin the next
        self._over = False

    def add(self, data: bytes) -> Iterator[bytes]:
        data = self._held + data
        self._held = b""
        while data and not self._over:
            if self._stream.eof:
                if data == b"\x1f":
                    self._held = data
                    return
                if data[:2] != b"\x1f\x8b":
                    self._over = True  # padding; gzip itself ignores it too
                    return
                self._members += 1
                if self._members >= MOST_MEMBERS:
                    raise _damaged()
                self._stream = zlib.decompressobj(31)
            yield from _inflated(self._stream, data)
            data = self._stream.unused_data if self._stream.eof else b""

    @property
    def whole(self) -> bool:
        return self._stream.eof


class _Deflate:
    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._start = b""

    def add(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._start += data
            if len(self._start) < 2:
                return
            data = self._start
            # RFC 1950 2.2: method 8, and a first word that 31 divides.
            framed = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._stream = zlib.decompressobj(15 if framed else -15)
        if not self._stream.eof:
            yield from _inflated(self._stream, data)

    @property
    def whole(self) -> bool:
        return self._stream is not None and self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def add(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        while True:
            try:
                out = self._stream.process(data, output_buffer_limit=PIECE)
            except brotli.error as e:
                raise _damaged() from e
            if out:
                yield out
            data = b""
            if self._stream.is_finished() or self._stream.can_accept_more_data():
                return

    @property
    def whole(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._stream = self._context.decompressobj()
        self._frames = 1

    def add(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            rest = data[start : start + _ZSTD_SLICE]
            while rest:
                if self._stream.eof:
                    self._frames += 1
                    if self._frames > MOST_MEMBERS:
                        raise _damaged()
                    self._stream = self._context.decompressobj()
                try:
                    out = self._stream.decompress(rest)
                except zstandard.ZstdError as e:
                    raise _damaged() from e
                if out:
                    yield out
                rest = self._stream.unused_data if self._stream.eof else b""

    @property
    def whole(self) -> bool:
        return self._stream.eof


_STEPS: dict[str, type[_Step]] = {
    "gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate, "br": _Brotli, "zstd": _Zstd,
}  # fmt: skip
