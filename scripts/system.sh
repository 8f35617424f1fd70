# shellcheck shell=bash
# What the scripts of this folder share: choosing a Python and installing Debian packages. Sourced, not run.

readonly OLDEST_PYTHON=3.11
readonly APT_LOCK_WAIT_S=300 # a freshly started system may be updating itself

# usage SCRIPT: prints the comment that a script begins with.
usage() { sed -n '2,/^set -E/{/^set -E/d;s/^# \{0,1\}//;p}' "$1"; }

# help_if_asked SCRIPT ARGUMENT...: prints the help and ends where the first argument asks for it.
help_if_asked() {
    [[ ${2:-} != -h && ${2:-} != --help ]] || { usage "$1" && exit; }
}

# Tells people, not programs.
say() { printf 'rpiocr: %s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# Prints the path of a Python that can make virtual environments; fails if there is none. The system's own
# comes first: it is still there when pyenv or conda are gone. One inside a virtual environment does not count.
find_python() {
    local candidate
    for candidate in /usr/bin/python3 /usr/bin/python3.{13,12,11} python3; do
        if "$candidate" - "$OLDEST_PYTHON" 2>/dev/null <<'PYTHON'
import ensurepip, sys, venv
oldest = tuple(map(int, sys.argv[1].split(".")))
sys.exit(sys.version_info < oldest or sys.prefix != sys.base_prefix)
PYTHON
        then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# Prints the package that brings what find_python looks for. Ubuntu 22.04 has Python 3.11 beside its own 3.10.
python_package() {
    if ! command -v /usr/bin/python3 >/dev/null \
        || /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo python3-venv
    else
        echo "python$OLDEST_PYTHON-venv"
    fi
}

# Succeeds if this user is root or sudo may be asked: without a password, or with a terminal to type it on.
may_become_root() {
    ((EUID == 0)) && return
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [[ -t 0 || -t 2 ]]
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Prints the command that a person would type to install packages.
apt_command() { printf 'sudo apt-get update && sudo apt-get install %s' "$*"; }

# install_packages LOG PACKAGE...: fails if apt does; its output goes to LOG.
install_packages() {
    local log=$1
    shift
    local options=(-q -y -o "DPkg::Lock::Timeout=$APT_LOCK_WAIT_S")
    {
        # An earlier run may have been cut off in the middle of dpkg.
        [[ -z $(dpkg --audit) ]] || as_root dpkg --configure -a
        # A third party's broken source makes update fail, though ours may be fine.
        as_root env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" update || true
        as_root env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install --no-install-recommends "$@"
    } </dev/null >>"$log" 2>&1
}
