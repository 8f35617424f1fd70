"""Nothing is written to a stream but by the modules that make text harmless."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.program import PROJECT

PACKAGE = PROJECT / "rpiocr"

SINKS: dict[str, set[str]] = {
    "commands/ending.py": {"error.show"},
    "commands/terminal.py": {"click.echo_via_pager", "click.confirm", "click.progressbar"},
    "system/output.py": {"logging.basicConfig", "stream.write", "sys.stdout.write"},
    "system/streams.py": {"sys.stdout.buffer.write"},
    "system/console.py": {"_Console"},
    "system/csv_rows.py": {"csv.writer"},
    "cloud/cache.py": {"json.dump"},
    "decode/serve.py": {"os.write"},
    "load/child.py": {"os.write"},
    "sanitize/redact.py": {"sys.stderr.write"},
}  # fmt: skip
"""What each module may call; the cache of the cloud is a file, and decoders are reached through pipes."""

WRITING = {
    "print", "pprint", "input", "Console", "_Console", "DictWriter", "basicConfig", "StreamHandler", "print_exc",
    "print_exception", "print_stack", "excepthook", "echo", "echo_via_pager", "secho", "style", "prompt",
    "progressbar",
}  # fmt: skip
"""Names of functions, however they are reached, that write what they are given."""

DOTTED = {
    "csv.writer", "json.dump", "simplejson.dump", "sys.stdout.write", "sys.stdout.writelines", "sys.stderr.write",
    "sys.stderr.writelines", "sys.stdout.buffer.write", "error.show", "click.confirm", "os.write",
}  # fmt: skip


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of every call that writes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            last = name.rpartition(".")[2]
            if (last in WRITING and not name.startswith(("console.", "self."))) or name in DOTTED:
                yield node.lineno, name


def test_only_the_sinks_write() -> None:
    """Use rpiocr.system.output, rpiocr.system.console or rpiocr.system.csv_rows."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        allowed = SINKS.get(name, set())
        found += [(name, *call) for call in calls(ast.parse(path.read_text("utf-8"))) if call[1] not in allowed]
    assert found == []


def test_the_search_finds_what_writes() -> None:
    code = "print(x); click.echo(x); Console(); csv.writer(f); sys.stdout.write(x); console.print(x); a.writer(f)"
    assert [name for _, name in calls(ast.parse(code))] == [
        "print", "click.echo", "Console", "csv.writer", "sys.stdout.write",
    ]  # fmt: skip
