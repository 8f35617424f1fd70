"""Runs a program cut off from every network, and tells by its system calls what it connected to and what it changed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMESPACES = (("unshare", "--net"), ("unshare", "--user", "--map-root-user", "--net"))
"""Ways to a network of one's own in which nothing can be reached: that of root, and that of anybody else."""

OPENING = ("?open", "openat", "?openat2", "?creat")
CHANGING = (
    *("?mkdir", "mkdirat", "?mknod", "mknodat", "?link", "linkat", "?symlink", "symlinkat", "?rename", "?renameat"),
    *("?renameat2", "?unlink", "unlinkat", "?rmdir", "truncate", "?chmod", "fchmodat", "?chown", "?lchown", "fchownat"),
    *("utimensat", "?utime", "?utimes", "setxattr", "lsetxattr"),
)
"""System calls that change what a path names; those with a question mark are missing on some machines."""

CALL = re.compile(r"(\w+)\((.*?)(?:\)\s+= (\S+)(?: .*)?| <unfinished \.\.\.>)", re.DOTALL)
TEXT = r'"((?:[^"\\]|\\.)*)"'
PATH = re.compile(rf"(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?{TEXT}")
WRITES = re.compile(r"\bO_(?:WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b")
FAMILY = re.compile(r"(?:sa_family=|\()(AF_\w+)")
SOCKET_PATH = re.compile(rf"sun_path=(@?){TEXT}")


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a program did: ``status`` at its end, and what its processes did together.

    ``foreign`` are calls about sockets other than those of this machine, ``sockets`` the paths of these that were
    connected to, ``made`` the directories that were made, ``changed`` all other paths that were made, opened for
    writing, renamed, removed or given other rights, and ``loaded`` what was opened only to be read.
    """

    status: int
    stdout: str
    stderr: str
    foreign: tuple[str, ...]
    sockets: frozenset[str]
    made: frozenset[str]
    changed: frozenset[str]
    loaded: frozenset[str]


@cache
def namespace() -> tuple[str, ...] | str:
    """Return the command that cuts a program off and traces it can be, or why that cannot be done here."""
    said = ""
    for way in NAMESPACES:
        try:
            run = subprocess.run([*way, "strace", "-f", "-o", os.devnull, "true"], capture_output=True, check=False)
        except OSError as error:
            return f"{error.filename} cannot be run: apt install strace util-linux"
        if run.returncode == 0:
            return way
        said = run.stderr.decode("utf-8", "replace").strip()
    return f"programs cannot be cut off or traced here: {said}"


def trace(command: Sequence[object], environment: Mapping[str, str], folder: Path) -> Deeds:
    """Run a program to its end with nothing but ``environment``, in ``folder``, which is its current directory."""
    way = namespace()
    assert not isinstance(way, str), way
    notes = folder / "calls"
    notes.mkdir()
    calls = ",".join(("%network", *OPENING, *CHANGING))
    strace = ("strace", "-ff", "--seccomp-bpf", "-y", "-s", "4096", "-e", "signal=none", "-e", f"trace={calls}")
    done = subprocess.run(
        [*way, *strace, "-o", str(notes / "of"), *map(str, command)],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    lines = [line for path in notes.iterdir() for line in path.read_text("utf-8", "replace").splitlines()]
    return _deeds(done, [match for line in lines if (match := CALL.match(line))], folder)


def _deeds(done: subprocess.CompletedProcess[bytes], calls: Sequence[re.Match[str]], folder: Path) -> Deeds:
    foreign: list[str] = []
    sockets, made, changed, loaded = set[str](), set[str](), set[str](), set[str]()
    for call in calls:
        name, arguments, result = call.groups()
        if {name, f"?{name}"} & {*OPENING, *CHANGING}:
            if _went_well(result):
                kind = made if name.startswith("mkdir") else changed if _changes(name, arguments) else loaded
                kind.update(_paths(arguments, folder))
        elif any(family != "AF_UNIX" for family in FAMILY.findall(arguments)):
            foreign.append(call[0])
        else:
            sockets.update(abstract + _plain(path) for abstract, path in SOCKET_PATH.findall(arguments))
    stdout, stderr = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    sets = map(frozenset, (sockets, made, changed, loaded))
    return Deeds(done.returncode, stdout, stderr, tuple(foreign), *sets)


def _changes(name: str, arguments: str) -> bool:
    return name == "creat" or not name.startswith("open") or bool(WRITES.search(arguments))


def _went_well(result: str | None) -> bool:
    """Whether a call did what it was asked to; one that was never seen to end may have."""
    return not (result or "").startswith("-")


def _paths(arguments: str, folder: Path) -> Iterator[str]:
    for base, path in PATH.findall(arguments):
        yield os.path.normpath(Path(base or folder) / _plain(path))


def _plain(text: str) -> str:
    """Return what strace wrote with C's escapes."""
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")
