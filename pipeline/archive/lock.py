"""One writer at a time, across processes.

The lock is the kernel's (`flock`), so it goes when its holder goes, however that happens; the file
only tells others who holds it, and is removed at the end.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

from pipeline.errors import Locked, Unwritable

#: Half a second in all, for a holder that has not signed yet.
_LOOKS, _LOOK_SECONDS = 20, 0.025


def lock_path(path: Path) -> Path:
    """The lock's file for the archive at `path`."""
    return path.with_name(path.name + ".lock")


@contextmanager
def writing(path: Path | str, what: str) -> Iterator[None]:
    """Holds the right to write to the archive at `path`, as `what` ("run", "watch", …).

    Raises:
        Locked: another process holds it; says which, and since when.
        Unwritable: the lock's file cannot be made (a read-only folder).
    """
    path = Path(path)
    file = lock_path(path)
    made_folder = not path.parent.exists()
    fd = _acquire(file, path)
    try:
        _sign(fd, what)
        yield
    finally:
        # Removed while still held: whoever waits for this inode finds that it is no longer the
        # path's (see _acquire), so two processes never hold two different files of one name.
        file.unlink(missing_ok=True)
        os.close(fd)
        if made_folder:
            with suppress(OSError):  # not empty: the archive is in it
                path.parent.rmdir()


def _acquire(file: Path, path: Path) -> int:
    while True:
        try:
            fd = _open(file)
        except OSError as e:
            raise _cannot(path, e) from e
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(fd)
            os.close(fd)
            raise Locked(f"is being written by {holder}: wait for it, or stop it",
                         path=str(path)) from None  # fmt: skip
        except OSError as e:  # a network file system without locks
            os.close(fd)
            raise _cannot(path, e) from e
        if _is_still(file, fd):
            return fd
        os.close(fd)


def _open(file: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return os.open(file, flags, 0o644)
    except FileNotFoundError:  # another process took its empty folder away just now: once more
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, flags, 0o644)


def _cannot(path: Path, e: OSError) -> Unwritable:
    return Unwritable(f"cannot be locked for writing: {e.strerror}", path=str(path))


def _is_still(file: Path, fd: int) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), file.stat())
    except FileNotFoundError:
        return False


def _sign(fd: int, what: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    with suppress(OSError):  # a full disk: the lock holds without the words
        os.ftruncate(fd, 0)
        os.pwrite(
            fd, json.dumps({"what": what, "process": os.getpid(), "since": since}).encode(), 0
        )


def _holder(fd: int) -> str:
    """Whoever holds the lock, as a person would say it.

    A holder signs just after taking the lock; until then the file is empty, or tells of one that
    was killed. A moment's wait is worth the right name.
    """
    for _ in range(_LOOKS):
        told = _told(fd)
        if told and _lives(told["process"]):
            break
        sleep(_LOOK_SECONDS)
    # One that does not live here may live in another container.
    return f"`{told['what']}` (process {told['process']}) since {told['since']}" if told else (
        "another process")  # fmt: skip


def _told(fd: int) -> dict[str, Any] | None:
    try:
        told = json.loads(os.pread(fd, 1000, 0))
        return {"what": told["what"], "process": int(told["process"]), "since": told["since"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:  # another user's
        return True
    except (OSError, OverflowError):
        return False
    return True
