#!/usr/bin/env bash
# Renews the files in requirements/, from which the installer installs: exact versions with the hashes of their wheels.
#
#   bash scripts/lock.sh [ARGUMENT...]      arguments go to uv, such as --upgrade-package pillow; without any: --upgrade
#
# They hold for 64-bit ARM and x86, Python 3.11 to 3.13, which is tried for each at the end. Needs uv: set UV to it, or
# have it on the PATH. Which versions are allowed is in pyproject.toml.
set -Eeuo pipefail
shopt -s inherit_errexit

TOP=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
readonly TOP
cd "$TOP"
# shellcheck source=scripts/system.sh
. scripts/system.sh
help_if_asked "scripts/${BASH_SOURCE[0]##*/}" "$@"

readonly PYTHONS=(3.11 3.12 3.13)
readonly PLATFORMS=(aarch64-manylinux_2_35 x86_64-manylinux_2_35) # the glibc of Ubuntu 22.04, the oldest of all
uv=${UV:-uv}
command -v "$uv" >/dev/null || die "uv is needed: python3 -m venv /tmp/uv && /tmp/uv/bin/pip install uv, then set UV"
(($#)) || set -- --upgrade

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# lock NAME SOURCE ARGUMENT...: writes requirements/NAME.txt.
lock() {
    local name=$1 source=$2
    shift 2
    "$uv" pip compile --quiet --universal --python-version "${PYTHONS[0]}" --generate-hashes --only-binary :all: \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-build-options \
        "$@" --output-file "requirements/$name.txt" "$source"
}

# try NAME: has uv find a wheel of every package for every machine, by the hashes alone.
try() {
    local platform python
    for platform in "${PLATFORMS[@]}"; do
        for python in "${PYTHONS[@]}"; do
            "$uv" pip install --quiet --dry-run --target "$work/none" --python-platform "$platform" \
                --python-version "$python" --only-binary :all: --require-hashes --requirements "requirements/$1.txt" \
                || die "requirements/$1.txt does not hold for $platform and Python $python"
        done
    done
}

mkdir -p requirements
python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
    >"$work/build.in"
lock base pyproject.toml "$@" --extra xlsx
lock rapidocr pyproject.toml "$@" --extra xlsx --extra rapidocr --constraints requirements/base.txt
lock serve pyproject.toml "$@" --extra xlsx --extra serve --constraints requirements/base.txt \
    --constraints requirements/rapidocr.txt
lock build "$work/build.in" "$@"
for name in base rapidocr serve build; do try "$name"; done
say "requirements/ is renewed; run the tests, then commit it"
