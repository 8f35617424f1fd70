#!/usr/bin/env bash
# Sets up what the checks need and runs all of them; ends with status 1 if one failed, after running the others.
#
#   bash scripts/test.sh [ARGUMENT...]      arguments go to pytest, such as -k dates, -m "not slow" or -n 4
#
# Installs Debian packages that are missing (as root or with sudo; else it says which), and keeps a virtual
# environment in .venv. Both are left alone on the next run unless pyproject.toml has changed.
# PYTHON=python3.13 chooses the Python that .venv is made with.
set -Eeuo pipefail
shopt -s inherit_errexit

TOP=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
readonly TOP
cd "$TOP"
# shellcheck source=scripts/system.sh
. scripts/system.sh
help_if_asked "scripts/${BASH_SOURCE[0]##*/}" "$@"

readonly PACKAGES=(tesseract-ocr tesseract-ocr-{eng,deu,jpn,kor,rus,ukr,chi-sim,chi-tra} shellcheck postgresql faketime strace
    ledger hledger beancount zsh fish man-db groff-base jq chromium)
readonly EXTRAS=rapidocr,postgresql,xlsx,cluster,serve
readonly VENV=$TOP/.venv
readonly AXE=$VENV/npm/axe.min.js # what the browser tests examine the accessibility of the page with
readonly WHEEL_VENV=$VENV/wheel # inside, so that one line of .gitignore and one rm cover both
readonly UNWANTED_AT_START='cv2|google|numpy|onnxruntime|PIL|pypdfium2|rapidocr|sqlalchemy|alembic|distributed|openpyxl|psutil|rich|stdnum|watchdog|fastapi|starlette|pydantic|uvicorn|jinja2|opentelemetry'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!RPIOCR_@}" # the checks are about the defaults
export ORT_DISABLE_TELEMETRY=1 # ONNX Runtime sends nothing, whatever imports it

# ------------------------------------------------------------------------------------------------- setting up

# ensure_packages PACKAGE...
ensure_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || return 0
    for package; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    may_become_root || die "packages are missing; have this run, then start again:
    $(apt_command "${missing[@]}")"
    say "installing the Debian packages ${missing[*]}"
    install_packages "$work/apt.log" "${missing[@]}" && return
    tail -n 15 "$work/apt.log" >&2
    die "apt-get failed; mend what it says above, or try: $(apt_command "${missing[@]}")"
}

ensure_python() {
    [[ -z ${PYTHON:-} ]] || return 0
    PYTHON=$(find_python) || {
        ensure_packages "$(python_package)"
        PYTHON=$(find_python) || die "there is no Python $OLDEST_PYTHON or newer; set PYTHON to one"
    }
}

# What an environment was made from: the next run makes it again if that has changed.
recipe() {
    "$PYTHON" -VV
    sha256sum pyproject.toml
    pwd
}

ready() { [[ -e $1/ready && $(<"$1/ready") == "$(recipe)" ]] && "$1/bin/python" -m pip --version &>/dev/null; }

# quietly COMMAND...: shows the output only if it fails.
quietly() {
    "$@" &>"$work/quiet.log" && return
    cat "$work/quiet.log" >&2
    return 1
}

make_venv() {
    ready "$VENV" && return
    say "making $VENV"
    rm -f "$VENV/ready"
    quietly "$PYTHON" -m venv --clear "$VENV" || die "$PYTHON cannot make virtual environments"
    quietly "$VENV/bin/python" -m pip install --upgrade 'pip>=25.1' || die "pip cannot be updated"
    quietly "$VENV/bin/python" -m pip install --editable ".[$EXTRAS]" --group dev || die "the packages cannot be installed"
    recipe >"$VENV/ready"
}

# Once it is there, no network is needed; the tests that need it say what is missing, and fail where CI is set.
ensure_axe() {
    [[ ! -s $AXE ]] || return 0
    command -v npm >/dev/null || ensure_packages npm
    say "fetching axe-core"
    mkdir -p "$work/npm" "$(dirname "$AXE")"
    if quietly npm pack --silent --pack-destination "$work/npm" axe-core@4; then
        tar -xzf "$work"/npm/axe-core-*.tgz -C "$work/npm" package/axe.min.js
        mv "$work/npm/package/axe.min.js" "$AXE"
    else
        say "warning: axe-core cannot be fetched; the accessibility of the page is not examined"
    fi
}

# -------------------------------------------------------------------------------------------------- the checks

failed=()

# check NAME COMMAND...: runs one check and remembers whether it failed.
check() {
    local name=$1 status
    shift
    printf '\n=== %s\n' "$name"
    set +e
    (
        set -e
        "$@"
    ) </dev/null
    status=$?
    set -e
    ((status == 0)) || failed+=("$name")
}

run_pytest() {
    local colour=no workers
    [[ ! -t 1 ]] || colour=yes
    workers=$(($(nproc) + 1)) # some tests wait more than they work
    # Thousands of tests that start programs share few cores: one that fails is run once more, and named in any case.
    "$VENV/bin/python" -m pytest --color="$colour" --numprocesses="$workers" --dist=worksteal --durations=30 \
        --reruns=1 -raR "$@" 2>&1 |
        tee "$work/pytest.log"
}

# The package as others get it: what is in the wheel is enough, without the second engine too, and starting it is quick.
check_wheel() {
    local python=$WHEEL_VENV/bin/python
    quietly "$VENV/bin/python" -m pip wheel --no-deps --no-build-isolation --wheel-dir "$work" .
    if ready "$WHEEL_VENV"; then
        quietly "$python" -m pip install --no-deps --force-reinstall "$work"/*.whl
    else
        rm -f "$WHEEL_VENV/ready"
        quietly "$PYTHON" -m venv --clear "$WHEEL_VENV"
        quietly "$python" -m pip install --only-binary :all: "$work"/*.whl
        recipe >"$WHEEL_VENV/ready"
    fi
    cd "$work" # away from the checkout, so that only the wheel can be imported
    "$WHEEL_VENV/bin/rpiocr" schema | "$python" -m json.tool >/dev/null
    "$WHEEL_VENV/bin/rpiocr" scan "$TOP/tests/fixtures/sample.jpg" | "$python" -m json.tool >/dev/null
    PYTHONPROFILEIMPORTTIME=1 "$WHEEL_VENV/bin/rpiocr" --help 2>imports >help
    grep -q '^Usage: rpiocr' help
    if grep -E "\| +($UNWANTED_AT_START)(\.|\$)" imports; then
        say "rpiocr --help loads the modules above, which makes it slow to start"
        return 1
    fi
    [[ -s $WHEEL_VENV/share/man/man1/rpiocr-scan.1 ]]
    echo "$(basename "$work"/*.whl) runs without the second engine, and starts without the heavy packages"
}

summary() {
    printf '\n=== summary\n'
    [[ ! -s $work/pytest.log ]] || tail -n 1 "$work/pytest.log"
    if ((${#failed[@]})); then
        printf 'FAILED: %s\n' "${failed[@]}"
        return 1
    fi
    echo "all checks passed"
}

main() {
    ensure_python
    mapfile -t fonts < <("$PYTHON" -c 'from generator.fonts import PACKAGES; print(*PACKAGES, sep="\n")')
    ensure_packages "${PACKAGES[@]}" "${fonts[@]}"
    make_venv
    ensure_axe
    check 'ruff check' "$VENV/bin/ruff" check .
    check 'ruff format' "$VENV/bin/ruff" format --check .
    check 'mypy' "$VENV/bin/mypy"
    check 'imports' "$VENV/bin/lint-imports" --no-cache
    check 'shellcheck' shellcheck -x scripts/*.sh .ci/run
    check 'generated documents' "$VENV/bin/python" -m cogapp --check --diff --verbosity=1 \
        --check-fail-msg='CONTRIBUTING.md has the command that writes them' README.md docs/*.md man/*
    check 'wheel' check_wheel
    check 'fuzz' bash scripts/fuzz.sh --seconds 80 --seed 1
    check 'pytest' run_pytest "$@"
    summary
}

main "$@"
