#!/usr/bin/env bash
# Feeds broken input to everything that reads what others wrote: decoders, rules, settings, and files of its own.
#
#   bash scripts/fuzz.sh [--minutes N | --seconds N] [ARGUMENT...]     an hour unless told otherwise
#
# Other arguments go to the fuzzer: --seed 7 for other inputs, --target pdf for one target. What is found goes to
# fuzz/findings with how to see it again; then it ends with status 1. Runs in .venv, which scripts/test.sh makes.
set -Eeuo pipefail
shopt -s inherit_errexit

TOP=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
readonly TOP
cd "$TOP"
# shellcheck source=scripts/system.sh
. scripts/system.sh
help_if_asked "scripts/${BASH_SOURCE[0]##*/}" "$@"

seconds=3600
case ${1:-} in
    --minutes | --seconds)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a whole number"
        seconds=$2
        [[ $1 == --seconds ]] || seconds=$((60 * $2))
        shift 2
        ;;
esac
[[ -x .venv/bin/python ]] || die "there is no .venv: run scripts/test.sh first"
unset "${!RPIOCR_@}" # the defaults are fuzzed
exec .venv/bin/python -m fuzz --seconds "$seconds" "$@"
