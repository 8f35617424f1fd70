"""Shows files in the programs of the user's desktop."""

from __future__ import annotations

import os
import subprocess


def show_file(path: str) -> bool:
    """Start the desktop's program for a file and do not wait for it; False if there is no desktop."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    silent = subprocess.DEVNULL
    try:
        subprocess.Popen(["xdg-open", path], stdin=silent, stdout=silent, stderr=silent, start_new_session=True)
    except OSError:
        return False
    return True
