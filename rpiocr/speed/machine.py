"""What machine this is, and which versions it runs: what a measured time means nothing without."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import rpiocr
from rpiocr.errors import ChildError, TesseractMissingError
from rpiocr.recognise.tesseract_models import program
from rpiocr.system.child import Bounds, run
from rpiocr.system.packages import installed_version

MODEL = Path("/proc/device-tree/model")
CPU_INFO = Path("/proc/cpuinfo")

LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine, its memory in GB of 2**30 bytes, and the versions of what it reads with; None is not installed."""

    model: str
    architecture: str
    cores: int
    memory_gb: float
    system: str
    python: str
    tesseract: str | None
    onnxruntime: str | None
    rpiocr: str


def this_machine() -> Machine:
    """Return the facts of this machine."""
    import psutil

    return Machine(
        model=model_name(),
        architecture=platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(psutil.virtual_memory().total / 1024**3, 1),
        system=_system(),
        python=platform.python_version(),
        tesseract=tesseract_version(),
        onnxruntime=installed_version("onnxruntime"),
        rpiocr=rpiocr.__version__,
    )


def model_name(model: Path = MODEL, cpu_info: Path = CPU_INFO) -> str:
    """Return the name of the board, as on a Raspberry Pi, or else that of the processor."""
    with suppress(OSError):
        if name := model.read_bytes().rstrip(b"\0").decode("utf-8", "replace").strip():
            return name
    with suppress(OSError):
        found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", cpu_info.read_text("utf-8", "replace"), re.MULTILINE)
        if found:
            return found[1].strip()
    return "unknown processor"


def tesseract_version() -> str | None:
    """Return the version of Tesseract, None if there is none that runs."""
    try:
        ended = run((program(), "--version"), Bounds(LIMIT_S))
    except (ChildError, TesseractMissingError):
        return None
    found = re.search(r"tesseract\s+v?(\S+)", (ended.out + ended.err).decode("utf-8", "replace"))
    return found[1] if found else None


def _system() -> str:
    with suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return platform.system()
