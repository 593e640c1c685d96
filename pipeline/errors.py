"""The errors of the project, each of which builds its own sentence.

WatchError                 the root: `except WatchError` catches everything of ours
├── ConfigError            sources.yaml is wrong: stops, exit 2
├── FetchError             a URL did not answer usefully: recorded, the pass goes on
├── FeedError              bytes are not a usable feed: recorded, the pass goes on
├── CleanError             a page gives no story: recorded, the pass goes on
├── Stopped                a stop was asked for: nothing was decided, it is done again later
├── TagError               a record cannot be tagged: recorded, the pass goes on
├── KnowledgeError         a file in knowledge/ is wrong: stops, exit 2
└── ArchiveError           the database cannot be used: stops, exit 1
    ├── Locked             another process is writing to it
    └── Unwritable         no room, no right, no answer from the disk
                           (both may pass: `watch` says so and tries again)
"""

from __future__ import annotations


class WatchError(Exception):
    """Root of the tree. `exit_code` is what a command ends with when it meets one."""

    exit_code = 1


class ConfigError(WatchError):
    """Names the file, and where they are known the record and the key."""

    exit_code = 2

    def __init__(
        self, problem: str, *, path: str, record: str | None = None, key: str | None = None
    ) -> None:
        self.problem, self.path, self.record, self.key = problem, path, record, key
        where = path
        if record:
            where += f", {record}" if record == "defaults" else f", source {record}"
        if key:
            where += f", key {key}"
        super().__init__(f"{where}: {problem}")


class KnowledgeError(WatchError):
    """A knowledge file breaks its own rules: names file and record."""

    exit_code = 2

    def __init__(self, problem: str, *, path: str, record: str | None = None) -> None:
        self.problem, self.path, self.record = problem, path, record
        super().__init__(f"{path}{f', record {record}' if record else ''}: {problem}")


class FetchError(WatchError):
    """Names the URL."""

    def __init__(self, problem: str, *, url: str) -> None:
        self.problem, self.url = problem, url
        super().__init__(f"{url}: {problem}")


class FeedError(WatchError):
    """Bytes that are not a feed, or a feed in which nothing is usable. `kind` as in `Failure`."""

    def __init__(self, problem: str, *, url: str, kind: str = "not_a_feed") -> None:
        self.problem, self.url, self.kind = problem, url, kind
        super().__init__(f"{url}: {problem}")


class CleanError(WatchError):
    """A page from which no story can be had: names it and says why."""

    def __init__(self, problem: str, *, url: str) -> None:
        self.problem, self.url = problem, url
        super().__init__(f"{url}: {problem}")


class Stopped(WatchError):
    """Work given up because a stop was asked for; nothing failed. Names the URL."""

    def __init__(self, problem: str, *, url: str) -> None:
        self.problem, self.url = problem, url
        super().__init__(f"{url}: {problem}")


class TagError(WatchError):
    """A record that cannot be tagged: names it and says why."""

    def __init__(self, problem: str, *, record: str) -> None:
        self.problem, self.record = problem, record
        super().__init__(f"{record}: {problem}")


class ArchiveError(WatchError):
    """The database file cannot be used; says which and why."""

    def __init__(self, problem: str, *, path: str) -> None:
        self.problem, self.path = problem, path
        super().__init__(f"{path}: {problem}")


class Locked(ArchiveError):
    """Another process is writing to the archive; says who."""


class Unwritable(ArchiveError):
    """The disk does not take or give it just now; with room or rights, it would again."""
