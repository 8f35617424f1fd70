"""Checks Tesseract and its language models."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence

from rpiocr.errors import ChildError
from rpiocr.recognise.home_models import home_models
from rpiocr.recognise.tesseract_models import AUTO, DETECTION, INSTALL, combined, needed, pack_for, package_of
from rpiocr.settings import PREFIX
from rpiocr.system.child import Bounds, run
from rpiocr.system.finding import Finding, bad, good, tip

MIN_TESSERACT = (4, 1)
"""The first version whose LSTM engine supports all options that are passed."""

RECOMMENDED_TESSERACT = 5
"""The major version used for all measurements."""

PROBE_LIMIT_S = 20.0


def tesseract_findings(languages: str) -> Iterator[Finding]:
    """Examine Tesseract, and its models for ``languages`` as in the setting lang."""
    program = shutil.which("tesseract")
    install = f"{INSTALL} tesseract-ocr"
    if program is None:
        yield bad("Tesseract: the program tesseract is not on the PATH", install)
        return
    words = _output([program, "--version"])
    found = re.search(r"tesseract\s+v?(\d+)\.(\d+)\S*", words or "")
    if not found:
        yield bad(f"Tesseract: {program} does not report its version", f"{install} --reinstall")
        return
    version = int(found[1]), int(found[2])
    name = f"Tesseract {found[0].split()[-1].removeprefix('v')} ({program})"
    if version < MIN_TESSERACT:
        yield bad(f"{name}: too old, at least 4.1 is needed", install)
        return
    yield good(name if version[0] >= RECOMMENDED_TESSERACT else f"{name}: works, version 5 is recommended")
    yield from _languages(program, languages)


def _languages(program: str, wanted: str) -> Iterator[Finding]:
    listed = (_output([program, "--list-langs"]) or "").splitlines()
    installed = sorted(line.strip() for line in listed if re.fullmatch(r"[A-Za-z][\w/-]*", line.strip()))
    missing = sorted(set(needed(wanted)) - set(installed))
    what = f"languages: {', '.join(installed) or 'none'}"
    if not missing:
        yield good(what)
        yield from _languages_to_add(wanted, installed)
        return
    what += f"; {', '.join(missing)} is requested but missing"
    folder = os.environ.get("TESSDATA_PREFIX")
    if folder is not None:
        yield bad(f"{what}; TESSDATA_PREFIX looks for them in {folder}", "unset TESSDATA_PREFIX")
        return
    yield _missing(what, wanted, missing, installed)


def _missing(what: str, wanted: str, missing: Sequence[str], installed: Collection[str]) -> Finding:
    """Return the finding for missing models: install them, or use Tesseract's names."""
    renamed = {name: pack.code for name in missing if (pack := pack_for(name))}
    if renamed:
        named = ", ".join(f"{name} is {code}" for name, code in renamed.items())
        what += f"; Tesseract uses other names: {named}"
        missing = [renamed.get(name, name) for name in missing]
    to_install = [package_of(name) for name in missing if name not in installed]
    if to_install:
        return bad(what, f"{INSTALL} {' '.join(to_install)}")
    codes = combined(renamed.get(name, name) for name in needed(wanted))
    return bad(what, f"export {PREFIX}LANG={codes}")


def _languages_to_add(wanted: str, installed: Collection[str]) -> Iterator[Finding]:
    """Yield models to install for the system's country and, if ``wanted`` is auto, for script detection."""
    for model in home_models(installed):
        what = f"languages: {model.pack.code} is missing, so receipts in it are read less reliably; {model.why}"
        yield tip(what, f"{INSTALL} {model.pack.package}")
    if wanted == AUTO and DETECTION not in installed:
        what = f"languages: without {DETECTION}, the orientation and the script of a page are detected less reliably"
        yield tip(what, f"{INSTALL} {package_of(DETECTION)}")


def _output(command: list[str]) -> str | None:
    """Return a program's output on both streams; ``None`` if it fails or exceeds its limits."""
    try:
        ended = run(command, Bounds(PROBE_LIMIT_S))
    except ChildError:
        return None
    return (ended.out + ended.err).decode("utf-8", errors="replace")
