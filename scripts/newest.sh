#!/usr/bin/env bash
# Runs the tests with the newest packages that there are, beyond the upper bounds of pyproject.toml: by hand, to see
# whether a bound can be raised.
#
#   bash scripts/newest.sh [--allowed] [ARGUMENT...]     arguments go to pytest, such as -m "not slow"
#
#   --allowed    keep to the bounds of pyproject.toml
#
# The virtual environment is thrown away at the end. It needs the Debian packages that scripts/test.sh installs.
# PYTHON=python3.13 chooses the Python.
set -Eeuo pipefail
shopt -s inherit_errexit

TOP=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
readonly TOP
cd "$TOP"
# shellcheck source=scripts/system.sh
. scripts/system.sh
help_if_asked "scripts/${BASH_SOURCE[0]##*/}" "$@"

allowed=0
if [[ ${1:-} == --allowed ]]; then
    allowed=1
    shift
fi
PYTHON=${PYTHON:-$(find_python)} || die "there is no Python $OLDEST_PYTHON or newer; set PYTHON to one"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!RPIOCR_@}" # the checks are about the defaults

"$PYTHON" - "$allowed" >"$work/wanted.txt" <<'PYTHON'
import re, sys, tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)
extras = project["project"]["optional-dependencies"].values()
wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *(one for extra in extras for one in extra)]
# Without its upper bounds, each is as new as the others let it be.
print(*(one if sys.argv[1] == "1" else re.sub(r",?<[^,]*", "", one) for one in wanted), sep="\n")
PYTHON
"$PYTHON" -m venv "$work/venv"
say "installing the newest packages"
"$work/venv/bin/python" -m pip install --quiet --upgrade --requirement "$work/wanted.txt"
"$work/venv/bin/python" -m pip install --quiet --no-deps --editable .
"$work/venv/bin/python" -m pip list --format freeze
"$work/venv/bin/python" -m pytest --numprocesses=2 --dist=worksteal "$@"
