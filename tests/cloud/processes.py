"""Starts readers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from .limits import LIMITS

CHILD = Path(__file__).with_name("child.py")


def start_reader(settings: dict[str, object], *pages: str, **environment: str) -> subprocess.Popen[str]:
    """Start a process that reads ``pages``; any Python warning ends it."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GRPC_")}
    surroundings |= {"PYTHONPATH": os.pathsep.join(sys.path)} | environment
    command = [sys.executable, "-W", "error", str(CHILD), json.dumps(LIMITS | settings, default=str), *pages]
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_python(code: str, *arguments: str) -> str:
    """Return what ``code`` prints in a fresh interpreter."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
