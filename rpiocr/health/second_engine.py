"""Checks that the second engine is installed and its models are intact."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from rpiocr.errors import ChildError, SecondEngineMissingError
from rpiocr.settings import Settings
from rpiocr.system.child import Bounds, run
from rpiocr.system.finding import Finding, bad, good, tip
from rpiocr.system.packages import install_command, installed_version, reinstall, requirements

PACKAGES = ("onnxruntime", "rapidocr")

ALONE_RIGHT, TOGETHER_RIGHT = 88, 99
LOST_WITHOUT = (
    f"Tesseract alone: of the receipts read in development {ALONE_RIGHT} of 100 had total and date right, "
    f"with both engines {TOGETHER_RIGHT} of 100"
)

LOAD_LIMIT_S = 60.0
"""Maximum seconds for loading the models, a hundred times what a Pi takes from a slow card."""

MAX_MESSAGE_LENGTH = 400
"""Maximum characters shown of another program's error."""

LOAD = """
import sys
try:
    import onnxruntime
except Exception as error:
    print(f"ONNX Runtime does not start: {error}")
    sys.exit(1)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.log_severity_level = 4
for path in sys.argv[1:]:
    try:
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        print(f"the model {path} cannot be loaded: {error}")
        sys.exit(1)
"""
"""Run in a separate process with the paths of models: native code can crash on a broken one."""


def second_engine_used(settings: Settings) -> Finding:
    """Examine the second engine unless it is switched off."""
    if settings.engine == "tesseract":
        return good("second engine: off, the setting engine is tesseract")
    return second_engine()


def second_engine() -> Finding:
    """Examine the second engine: whether it is installed, and its models are unmodified and load."""
    required = {name: name for name in PACKAGES} | requirements("rapidocr")
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        what = f"second engine: not installed ({' and '.join(missing)}). {LOST_WITHOUT}"
        return tip(what, install_command(*required.values()))
    renew_models = reinstall("--no-deps", required["rapidocr"])
    try:
        from rpiocr.recognise.rapidocr.engine import DETECTOR, RECOGNISER, model_folder

        folder = model_folder()
    except ImportError as error:
        return bad(f"second engine: cannot be examined: {error}", reinstall("numpy", "opencv-python-headless"))
    except SecondEngineMissingError as error:
        # the remedy replaces the rest of the sentence
        return bad(f"second engine: {str(error).partition(';')[0]}", renew_models)
    models = [folder / name for name in (DETECTOR, RECOGNISER)]
    for path in models:
        if _differs(path):
            return bad(f"second engine: the model {path} is damaged: it differs from what was installed", renew_models)
    fault = _load_fault(models)
    if fault:
        remedy = renew_models if str(folder) in fault else reinstall(required["onnxruntime"])
        return bad(f"second engine: {fault}", remedy)
    versions = " and ".join(f"{name} {installed_version(name) or '(unknown version)'}" for name in PACKAGES)
    return good(f"second engine: {versions}; its models in {folder} load")


def _differs(path: Path) -> bool:
    """Return whether a file of the package rapidocr differs from the installed one; false if unknown."""
    try:
        listed = metadata.files("rapidocr") or ()
    except metadata.PackageNotFoundError:
        return False
    hashes = [file.hash for file in listed if file.name == path.name and Path(str(file.locate())) == path]
    if not hashes or hashes[0] is None or hashes[0].mode not in hashlib.algorithms_available:
        return False
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, hashes[0].mode).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=") != hashes[0].value


def _load_fault(models: Sequence[Path]) -> str:
    """Load models in a separate process; returns the error, or an empty text."""
    try:
        ended = run([sys.executable, "-P", "-c", LOAD, *map(str, models)], Bounds(LOAD_LIMIT_S))
    except ChildError as error:
        return f"its models cannot be loaded: {error}"
    if ended.status < 0:
        return f"ONNX Runtime was ended by {signal.Signals(-ended.status).name} when it loaded the models"
    if ended.status:
        output = " ".join(ended.out.decode("utf-8", errors="replace").split())
        return output[:MAX_MESSAGE_LENGTH] or "its models cannot be loaded"
    return ""
