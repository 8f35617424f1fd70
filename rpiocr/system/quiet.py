"""Switches off the telemetry of libraries. ONNX Runtime must only be imported by the function here.

From version 1.29 on ONNX Runtime sends messages about the machine, the program and its models to its makers, and keeps
a device identifier below ``~/.cache/Microsoft``, unless an environment variable disables that before it is loaded.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import cache
from typing import Any

TELEMETRY_OFF = ("ORT_DISABLE_TELEMETRY", "1")
"""The environment variable that switches off all telemetry of ONNX Runtime, and its value."""

_LOADED_UNASKED = "onnxruntime" in sys.modules and os.environ.get(TELEMETRY_OFF[0]) != TELEMETRY_OFF[1]


def switch_off() -> None:
    """Switch off ONNX Runtime's telemetry in child processes and, unless it is loaded already, in this one."""
    name, value = TELEMETRY_OFF
    # Changed only once, as other threads may read the environment in C without a lock.
    if os.environ.get(name) != value:
        os.environ[name] = value


def import_onnxruntime() -> Any:  # noqa: ANN401 - the package has no types
    """Import ONNX Runtime with its telemetry off.

    Logs a warning if the process had loaded it before: events recorded until then are still sent, but no further ones.
    Raises the exceptions of the import, and AttributeError for an incomplete package.
    """
    switch_off()
    import onnxruntime  # noqa: TID251

    onnxruntime.disable_telemetry_events()
    if _LOADED_UNASKED:
        _warn()
    return onnxruntime


@cache
def _warn() -> None:
    logging.getLogger(__name__).warning(
        "onnxruntime was imported before rpiocr: from version 1.29 on, it then sends its makers a message about this"
        " machine; import rpiocr first, or set %s=%s. Nothing about receipts or about rpiocr is sent",
        *TELEMETRY_OFF,
    )
