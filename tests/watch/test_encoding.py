"""Each encoding in whole, in crumbs, cut, damaged and as a bomb."""

from __future__ import annotations

import contextlib
import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pipeline.watch.encoding import ACCEPTED, Decoding, DecodingError, TooLargeError
from tests.web import bomb

TEXT = "".join(f"<item><title>Council {n} praised</title></item>" for n in range(100)).encode()
NOISE = random.Random(3).randbytes(3_000)  # does not compress, so its pieces are many
ZEROES = b"\0" * 1_000_000
MOST = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zstd_stream(data: bytes) -> bytes:
    """As servers send it: no size in its header."""
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return packer.compress(data) + packer.flush()


PACK: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its frame": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
    "zstd stream": ("zstd", zstd_stream),
    "two upon each other": ("gzip, br", lambda d: brotli.compress(gzip.compress(d))),
    "three": ("zstd,deflate , GZIP",
              lambda d: gzip.compress(zlib.compress(zstandard.ZstdCompressor().compress(d)))),
}  # fmt: skip
PLAIN = {"none": "", "identity": "identity", "a charset by mistake": "UTF-8"}


def decode(encoding: str, wire: bytes, *, by: int = 1 << 20, most: int = MOST) -> bytes:
    decoding = Decoding(encoding, most=most)
    for start in range(0, len(wire), by):
        decoding.add(wire[start : start + by])
    return decoding.end()


@pytest.mark.parametrize("by", [1, 7, 4096, 1 << 20])
@pytest.mark.parametrize("name", PACK)
def test_what_was_compressed_comes_out_whatever_the_pieces(name: str, by: int) -> None:
    encoding, pack = PACK[name]
    for data in (TEXT, NOISE):
        assert decode(encoding, pack(data), by=by) == data


@pytest.mark.parametrize("encoding", PLAIN.values(), ids=PLAIN)
def test_what_is_not_compressed_stays_as_it_is(encoding: str) -> None:
    assert decode(encoding, TEXT, by=1000) == TEXT


@pytest.mark.parametrize("by", [1, 3, 1 << 20])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress)],
)
def test_members_after_one_another_are_one_body(
    encoding: str, pack: Callable[[bytes], bytes], by: int
) -> None:
    wire = pack(b"one, ") + pack(b"") + pack(b"two, ") + pack(TEXT)
    assert decode(encoding, wire, by=by) == b"one, two, " + TEXT


@pytest.mark.parametrize("by", [1, 1 << 20])
@pytest.mark.parametrize("after", [b"\0" * 600, b"\x1f", b"\x1fno", b"trailing"])
def test_what_follows_the_last_gzip_member_is_ignored(after: bytes, by: int) -> None:
    assert decode("gzip", gzip.compress(TEXT) + after, by=by) == TEXT


@pytest.mark.parametrize("name", PACK)
def test_a_stream_without_its_end_is_no_body(name: str) -> None:
    encoding, pack = PACK[name]
    wire = pack(TEXT)
    for kept in (1, 2, 10, len(wire) // 2, len(wire) - 1):
        with pytest.raises(DecodingError, match="ends too early"):
            decode(encoding, wire[:kept], by=100)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "br, gzip"])
def test_no_bytes_at_all_are_an_empty_body(encoding: str) -> None:
    assert decode(encoding, b"") == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("body", [TEXT, b"\xff" * 99], ids=["plain text", "nonsense"])
def test_compressed_in_name_only_is_said_to_be_damaged(encoding: str, body: bytes) -> None:
    with pytest.raises(DecodingError, match=r"the compression (is damaged|ends too early)"):
        decode(encoding, body)


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("lzma", "compressed by “lzma”, which cannot be read"),
        ("gzip, compress", "“compress”"),
        ("gzip, gzip, gzip, gzip", "compressed 4 times over"),
        ("x" * 500, "“" + "x" * 40 + "”"),
    ],
)
def test_what_cannot_be_read_is_named(encoding: str, says: str) -> None:
    with pytest.raises(DecodingError, match=says):
        Decoding(encoding, most=MOST)


def test_a_zstd_window_beyond_the_web_s_limit_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=26, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    with pytest.raises(DecodingError):
        decode("zstd", packer.compress(TEXT) + packer.flush())


@pytest.mark.parametrize(
    ("encoding", "member"),
    [("gzip", gzip.compress(b"")), ("zstd", zstandard.ZstdCompressor().compress(b""))],
)
def test_members_without_end_and_content_are_refused(encoding: str, member: bytes) -> None:
    with pytest.raises(DecodingError, match="damaged"):
        decode(encoding, member * 5_000)


# ---------------------------------------------------------------- bombs


def brotli_bomb(millions: int) -> bytes:
    packer = brotli.Compressor(quality=5)
    return b"".join(packer.process(ZEROES) for _ in range(millions)) + packer.finish()


def zstd_bomb(millions: int) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join(packer.compress(ZEROES) for _ in range(millions)) + packer.flush()


BOMBS: dict[str, Callable[[int], bytes]] = {
    "gzip": bomb,
    "deflate": lambda n: bomb(n, 15),
    "br": brotli_bomb,
    "zstd": zstd_bomb,
    # the body of this one is small; what lies between is not
    "br, gzip": lambda n: gzip.compress(brotli_bomb(n)),
    "gzip, br": lambda n: brotli.compress(bomb(n)),
    "gzip, gzip, zstd": lambda n: zstd_stream(gzip.compress(bomb(n))),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_stopped_before_it_is_whole(encoding: str) -> None:
    wire = BOMBS[encoding](100)
    assert len(wire) < MOST
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            decode(encoding, wire)  # in one piece: the worst case
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 25_000_000, f"{peak} bytes for 100 MB"


def test_a_layer_between_is_bounded_like_the_body() -> None:
    """500 kB on the wire, 50 MB in between, and next to nothing in the end."""
    hidden = gzip.compress(b"small") + b"\0" * 50_000_000
    with pytest.raises(TooLargeError):
        decode("gzip, zstd", zstandard.ZstdCompressor().compress(hidden))


def test_the_wire_is_bounded_too() -> None:
    wire = gzip.compress(random.Random(1).randbytes(MOST + 1000), compresslevel=0)
    with pytest.raises(TooLargeError):
        decode("gzip", wire, by=4096)


def test_the_beginning_can_be_had_of_what_is_too_large() -> None:
    decoding = Decoding("gzip", most=2_000)
    with pytest.raises(TooLargeError):
        decoding.add(gzip.compress(TEXT))
    assert decoding.beginning() == TEXT[:2_000]


# ---------------------------------------------------------------- anything at all


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for cut in [*sorted(c % (len(data) + 1) for c in cuts), len(data)]:
        yield data[at:cut]
        at = cut


@given(
    data=st.binary(max_size=5_000),
    name=st.sampled_from(sorted(PACK)),
    cuts=st.lists(st.integers(0, 10_000), max_size=8),
)
def test_any_bytes_in_any_pieces_come_out_again(data: bytes, name: str, cuts: list[int]) -> None:
    encoding, pack = PACK[name]
    decoding = Decoding(encoding, most=MOST)
    for piece in pieces(pack(data), cuts):
        decoding.add(piece)
    assert decoding.end() == data


@given(wire=st.binary(max_size=500), encoding=st.sampled_from(ACCEPTED.split(", ")))
def test_no_bytes_end_in_an_error_of_a_library(wire: bytes, encoding: str) -> None:
    with contextlib.suppress(DecodingError, TooLargeError):
        assert len(decode(encoding, wire)) <= MOST
