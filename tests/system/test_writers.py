"""All that writes, makes or moves files goes through rpiocr/system, but for what is listed here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import PROJECT

HELPERS = "rpiocr/system/"

OTHERS = {
    ("rpiocr/recognise/tesseract.py", "imwrite"): "a random name in such a directory",
    ("rpiocr/recognise/script_detection.py", "imwrite"): "a random name in such a directory",
    ("rpiocr/output/debug_images.py", "save"): "a picture, into a stream of replacing",
    ("rpiocr/output/explain/images.py", "save"): "a picture, into memory",
    ("rpiocr/export/pictures.py", "save"): "a picture, into memory",
    ("rpiocr/serve/pictures.py", "save"): "a picture, into memory",
    ("rpiocr/export/as_xlsx.py", "save"): "a workbook, into a stream of replacing",
    ("rpiocr/export/archive.py", "ZipFile"): "an archive, into a stream of replacing",
    ("rpiocr/cloud/ledger.py", "connect"): "SQLite, after make_file",
    ("rpiocr/cloud/engine.py", "connect"): "a connection to the cloud",
    ("rpiocr/cloud/reader.py", "connect"): "a connection to the cloud",
    ("rpiocr/store/database.py", "create_engine"): "SQLite, after make_file, or a server",
    ("rpiocr/store/database.py", "connect"): "connections of that engine",
    ("rpiocr/export/archive.py", "open"): "a member of that archive",
    ("rpiocr/keep/archive.py", "ZipFile"): "an archive that is read",
    ("rpiocr/keep/archive.py", "open"): "a member of it, read",
    ("rpiocr/keep/backup.py", "TemporaryDirectory"): "a directory of random name that only this user may enter",
    ("rpiocr/keep/backup.py", "mkdir"): "in that directory",
    ("rpiocr/keep/backup.py", "copyfile"): "into that directory",
    ("rpiocr/keep/backup.py", "ZipFile"): "an archive, into a stream of output",
    ("rpiocr/keep/backup.py", "open"): "a member of that archive",
    ("rpiocr/keep/copying.py", "connect"): "SQLite, in such a directory",
    ("rpiocr/keep/restore.py", "TemporaryDirectory"): "a directory of random name that only this user may enter",
    ("rpiocr/keep/restore.py", "connect"): "SQLite, in that directory, or only to look who uses it",
    ("rpiocr/keep/restore.py", "rename"): "the store from before, to a name that nothing has",
    ("rpiocr/keep/verify.py", "TemporaryDirectory"): "a directory of random name that only this user may enter",
    ("rpiocr/keep/verify.py", "connect"): "SQLite, in that directory",
    ("rpiocr/store/recent.py", "connect"): "SQLite, read-only",
    ("rpiocr/store/sqlite_file.py", "TemporaryDirectory"): "a directory of random name that only this user may enter",
    ("rpiocr/store/sqlite_file.py", "connect"): "SQLite, read-only",
    ("rpiocr/store/sqlite_file.py", "copyfile"): "into that directory",
    ("rpiocr/watch/aside.py", "mkdir"): "a hidden directory of random name, that nothing may have",
    ("rpiocr/watch/aside.py", "rename"): "into that directory, and out of it to a name that nothing has",
    ("rpiocr/watch/notice.py", "touch"): "a random name that nothing may have",
}
"""Calls of WRITERS elsewhere, by module, and why they need none of the helpers."""

WRITERS = frozenset(
    (
        *("makedirs", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "mknod"),
        *("mkfifo", "copyfile", "copytree", "imwrite", "ZipFile", "FileHandler", "create_engine", "FileLock"),
    )
)
METHODS = frozenset(
    (
        *("write_text", "write_bytes", "mkdir", "touch", "symlink", "symlink_to", "hardlink_to", "link", "rename"),
        *("renames", "truncate", "copy", "copy2", "move", "save", "connect"),
    )
)
"""What else writes, called on a path, an image or a module: functions of the project have some of these names."""

CREATING = frozenset(("O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"))


def writing_calls(source: str) -> Iterator[str]:
    """Yield the names of the functions that write files, as far as their calls reveal it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if (
            name in WRITERS
            or (method and name in METHODS and not _copies_array(node))
            or (name == "open" and _writes(node, method=method))
        ):
            yield name


def _writes(call: ast.Call, *, method: bool) -> bool:
    """Return whether a call of open, as a function or method, has a mode or flags for writing."""
    if any(isinstance(part, ast.Attribute) and part.attr in CREATING for part in ast.walk(call)):
        return True
    if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("os", "Image"):
        return False
    given = [word.value for word in call.keywords if word.arg == "mode"] or call.args[0 if method else 1 :]
    texts = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(set(text) & set("wax+") and set(text) <= set("rwaxbt+") for text in texts)


def _copies_array(call: ast.Call) -> bool:
    """Whether it is a copy of something in memory, which takes no path."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "copy" and not call.args


def modules() -> list[Path]:
    return sorted((PROJECT / "rpiocr").rglob("*.py"))


def test_only_the_helpers_write_files() -> None:
    found = {
        (path.relative_to(PROJECT).as_posix(), name) for path in modules() for name in writing_calls(path.read_text())
    }
    elsewhere = {(path, name) for path, name in found if not path.startswith(HELPERS)}
    assert elsewhere == set(OTHERS)


@pytest.mark.parametrize(
    "source",
    [
        "open('a', 'w')",
        "path.open('xb')",
        "path.open(mode='a')",
        "io.open('a', 'r+')",
        "os.open('a', os.O_RDWR | os.O_CREAT)",
        "path.write_text('x')",
        "shutil.copy(one, other)",
        "tempfile.mkstemp()",
        "picture.save('a.png')",
    ],
)
def test_a_call_that_writes_is_found(source: str) -> None:
    assert list(writing_calls(source))


@pytest.mark.parametrize("source", ["open('a')", "path.open('rb')", "os.open('a', os.O_RDONLY)", "pixels.copy()"])
def test_a_call_that_only_reads_is_none(source: str) -> None:
    assert not list(writing_calls(source))
