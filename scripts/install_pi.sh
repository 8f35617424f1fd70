#!/usr/bin/env bash
# Installs rpiocr on Raspberry Pi OS, Debian (bookworm or newer) or Ubuntu (22.04 or newer), 64-bit.
#
#   bash scripts/install_pi.sh [--try] [--minimal] [--newest] [--lang deu]... [--dry-run] [--prefix DIR]
#   bash scripts/install_pi.sh --uninstall [--purge] [--prefix DIR]
#
# Run it from a clone, as yourself (needs sudo only where packages are missing; installs for you alone) or as
# root (installs for everybody). Run it again after `git pull` to update, or after an interruption to mend.
#
#   --try         read a sample receipt at the end and print its JSON on standard output
#   --minimal     without the second engine and the page of rpiocr serve: 130 MB less, and fewer receipts read right
#   --newest      the newest Python packages that pyproject.toml allows, whatever their hashes; else those of requirements/
#   --lang CODE   also install Tesseract's model for this language, such as deu, fra or ita; repeatable. Those for the
#                 country of this system, by its time zone and its locale, are installed anyway
#   --dry-run     say which Debian packages would be installed, and why, and change nothing
#   --prefix DIR  install under DIR instead of ~/.local (as root: /opt/rpiocr and /usr/local)
#   --uninstall   remove what this script made, and what ONNX Runtime kept to send; Debian packages, settings
#                 and data stay
#   --purge       with --uninstall: remove your settings and data as well
#   -h, --help    this text
#
# It makes a virtual environment (~/.local/share/rpiocr/venv or /opt/rpiocr/venv), the command rpiocr
# (~/.local/bin or /usr/local/bin), its completion for bash, zsh and fish, and its manual pages (man rpiocr). Everything
# that it says goes to standard error; the output of apt and pip goes to install.log beside the virtual environment.
#
# An update backs up the store of who runs it before the new version changes the store's tables; the last three such
# backups are kept, and it says how to go back.
#
# Where the second engine or the page cannot be installed, for want of room, network or packages for this machine, the
# rest is, and works. A run without --minimal adds them later; one with --minimal leaves them where they are installed.
set -Eeuo pipefail
shopt -s inherit_errexit nullglob

SELF=$(readlink -f "${BASH_SOURCE[0]}")
TOP=$(dirname "$(dirname "$SELF")")
readonly SELF TOP
readonly ROOM_MB=700 # the virtual environment, and what pip unpacks on the way to it
readonly BACKUPS_KEPT=3
readonly ENGINE_ROOM_MB=250 # the second engine, its packages on the way to it, and pip's cache of them
readonly PYTHON_ADVICE="Python 3.11 or newer is needed: Raspberry Pi OS and Debian have it from bookworm on, Ubuntu \
from 24.04 on. Ubuntu 22.04 has it in the component universe: sudo add-apt-repository universe"
# shellcheck source=scripts/system.sh
. "$TOP/scripts/system.sh"
export ORT_DISABLE_TELEMETRY=1 # for whatever loads ONNX Runtime from here

misused() {
    say "$* (see --help)"
    exit 2
}

parse_arguments() {
    languages=(eng) prefix='' try=0 minimal=0 newest=0 uninstall=0 purge=0 dry_run=0
    while (($#)); do
        case $1 in
            --lang | --prefix) (($# >= 2)) || misused "$1 needs a value" ;;&
            --try) try=1 ;;
            --minimal) minimal=1 ;;
            --newest) newest=1 ;;
            --dry-run) dry_run=1 ;;
            --uninstall) uninstall=1 ;;
            --purge) purge=1 ;;
            --lang)
                [[ $2 =~ ^[a-z]{3}(_[a-z]+)*$ ]] || misused "not a language code of Tesseract: $2"
                languages+=("$2")
                shift
                ;;
            --prefix)
                prefix=$(realpath -ms -- "$2")
                shift
                ;;
            -h | --help) usage "$SELF" && exit ;;
            *) misused "unknown argument $1" ;;
        esac
        shift
    done
    ((uninstall || !purge)) || misused "--purge goes with --uninstall"
    ((!uninstall || !dry_run)) || misused "--dry-run does not go with --uninstall"
    ((!uninstall || !try)) || misused "--try does not go with --uninstall"
    ((!uninstall || !newest)) || misused "--newest does not go with --uninstall"
    ((!uninstall || !minimal)) || misused "--minimal does not go with --uninstall: that removes all"
}

# Sets where everything goes: app (ours alone), bin, share, and where zsh and fish look for completions.
choose_places() {
    if [[ -n $prefix ]]; then
        share=$prefix/share app=$share/rpiocr bin=$prefix/bin
        zsh_folders=("$share/zsh/site-functions") fish_folder=$share/fish/vendor_completions.d
    elif ((EUID == 0)); then
        share=/usr/local/share app=/opt/rpiocr bin=/usr/local/bin
        zsh_folders=("$share/zsh/site-functions")
        fish_folder=/etc/fish/completions # Debian's fish does not look below /usr/local
    else
        [[ -d ${HOME:-} ]] || die "HOME is not set to a folder; set it, or pass --prefix DIR"
        share=${XDG_DATA_HOME:-$HOME/.local/share} app=$share/rpiocr bin=$HOME/.local/bin
        zsh_folders=("$HOME/.zfunc" "$HOME/.zsh/completions")
        fish_folder=${XDG_CONFIG_HOME:-$HOME/.config}/fish/completions
    fi
    venv=$app/venv log=$app/install.log made=$app/made-files
    stamp=$venv/installed-source engine_stamp=$venv/installed-engine page_stamp=$venv/installed-page
}

# ------------------------------------------------------------------ what was made, to be able to remove it

# note FILE: to be called before FILE is made.
note() {
    grep -qsxF -- "$1" "$made" || printf '%s\n' "$1" >>"$made"
}

# make_folder DIR: with its parents, each of them noted.
make_folder() {
    [[ -d $1 ]] && return
    make_folder "$(dirname "$1")"
    note "$1"
    mkdir "$1"
}

open_app_folder() {
    local missing=() folder=$app
    while [[ ! -d $folder ]]; do
        missing=("$folder" "${missing[@]}")
        folder=$(dirname "$folder")
    done
    mkdir -p "$app" || die "$app cannot be made; check its parent's owner, or pass --prefix DIR"
    # For one user it is also where the receipts are kept.
    ((!${#missing[@]} || EUID == 0)) || [[ -n $prefix ]] || chmod 700 "$app"
    [[ -w $app ]] || die "$app is not writable for $(id -un); it was made by another user"
    exec 9>>"$log"
    flock -n 9 || die "another run of this script is busy in $app"
    : >"$log"
    rm -rf "$app"/tmp.*
    for folder in "${missing[@]}"; do note "$folder"; done
}

# ---------------------------------------------------------------------------------------------- packages

logged() { "$@" >>"$log" 2>&1 </dev/null; }

fail_with_log() {
    tail -n 15 "$log" | sed 's/^/    /' >&2
    die "$* (the whole output is in $log)"
}

# Prints the Debian packages that are missing. What works is not missing, wherever it came from.
missing_packages() {
    local installed='' code
    find_python >/dev/null || python_package
    if command -v tesseract >/dev/null; then
        installed=$(tesseract --list-langs 2>/dev/null) || true
    else
        echo tesseract-ocr
    fi
    for code in "${languages[@]}"; do
        grep -qxF "$code" <<<"$installed" || echo "tesseract-ocr-${code//_/-}"
    done
}

# Prints the models of Tesseract for the country of this system that are missing: a code and why, a line each.
home_models() {
    local installed='' python
    python=$(find_python) || return 0 # there is none yet where only --dry-run asks
    ! command -v tesseract >/dev/null || installed=$(tesseract --list-langs 2>/dev/null) || true
    env PYTHONPATH="$TOP" PYTHONDONTWRITEBYTECODE=1 "$python" -PS - "$installed" "${languages[@]}" <<'PYTHON'
import sys
from rpiocr.recognise.home_models import home_models
for model in home_models({*sys.argv[1].split(), *sys.argv[2:]}):
    print(model.pack.code, model.why, sep="\t")
PYTHON
}

# Prints the Debian package of a font for the labels that are drawn on images, if there is none.
missing_font() {
    local python
    python=$(find_python) || return 0
    env PYTHONPATH="$TOP" PYTHONDONTWRITEBYTECODE=1 "$python" -PS - <<'PYTHON'
from rpiocr.system.fonts import PACKAGE, installed_font
if installed_font() is None:
    print(PACKAGE)
PYTHON
}

# Whatever goes wrong here is no reason to fail: without these models receipts are read less reliably, and without the
# font labels have escapes in place of characters.
ensure_extras() {
    local code why font packages=()
    while IFS=$'\t' read -r code why; do
        say "Tesseract's model $code is installed, because $why"
        packages+=("tesseract-ocr-${code//_/-}")
    done < <(home_models)
    font=$(missing_font)
    if [[ -n $font ]]; then
        say "the font $font is installed, for labels in all scripts on the images of rpiocr scan --debug"
        packages+=("$font")
    fi
    ((${#packages[@]})) || return 0
    if ! may_become_root || ! install_packages "$log" "${packages[@]}" 9>&-; then
        say "warning: that failed (see $log); to add them later: $(apt_command "${packages[@]}")"
    fi
}

say_what_would_be_done() {
    local code why font missing
    mapfile -t missing < <(missing_packages)
    ((!${#missing[@]})) || say "would install the Debian packages ${missing[*]}"
    while IFS=$'\t' read -r code why; do
        say "would install Tesseract's model $code, because $why"
    done < <(home_models)
    font=$(missing_font)
    [[ -z $font ]] || say "would install the font $font, for labels on images"
    say "nothing was changed"
}

check_may_install() {
    (($#)) || return 0
    command -v apt-get >/dev/null \
        || die "this system has no apt; install what Debian calls $*, then run this script again"
    may_become_root \
        || die "packages are missing, and installing them takes root or sudo. Have this run, then start again:
    $(apt_command "$@")"
}

add_packages() {
    say "installing the Debian packages $*"
    if ! install_packages "$log" "$@" 9>&-; then # a service that apt starts must not inherit our lock
        [[ $* != *"python$OLDEST_PYTHON-venv"* ]] || say "$PYTHON_ADVICE"
        fail_with_log "apt-get failed; mend what it says above, or try: $(apt_command "$@")"
    fi
}

# Twice at most: that a release's own Python is too old can show when it has been installed.
ensure_packages() {
    local missing round
    for round in 1 2; do
        mapfile -t missing < <(missing_packages)
        ((${#missing[@]})) || return 0
        add_packages "${missing[@]}"
    done
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || die "after $round rounds of apt-get still missing: ${missing[*]}"
}

# ------------------------------------------------------------------------------------ virtual environment

# Prints a hash of everything that the installed package is made from, and whether it is the newest packages.
source_hash() {
    (
        cd "$TOP"
        find pyproject.toml README.md LICENSE man requirements rpiocr -name __pycache__ -prune -o -type f -print0 \
            | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
    )
    ((!newest)) || echo newest
}

# Prints the installed version; fails if there is none that runs, as after an upgrade of the distribution.
installed_version() { "$venv/bin/rpiocr" --version 2>/dev/null; }

free_mb() {
    local free
    free=$(df --output=avail -m "$app" | tail -n 1)
    echo "${free// /}"
}

check_room() {
    local free
    free=$(free_mb)
    ((free >= ROOM_MB)) || die "only $free MB are free for $app, $ROOM_MB are needed"
}

make_work_folder() { [[ -n $work ]] || work=$(mktemp -d "$app/tmp.XXXXXXXX"); }

# pip, kept from this user's own settings that would make it install elsewhere, and from compiling anything.
run_pip() {
    logged env -u PYTHONPATH -u PYTHONHOME -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT PIP_USER=0 TMPDIR="$work" \
        "$venv/bin/python" -m pip --disable-pip-version-check --no-input \
        install --progress-bar off --only-binary :all: "$@"
}

# Installs this package and what it needs. Everything that comes from elsewhere must have one of the hashes in
# requirements/, also what builds the wheel, which comes first: pip then changes nothing unless it has all the rest.
install_locked() {
    run_pip --require-hashes --target "$work/build" --requirement "$TOP/requirements/build.txt" || return 1
    logged env PYTHONPATH="$work/build" TMPDIR="$work" "$venv/bin/python" -m pip --disable-pip-version-check --no-input \
        wheel --no-deps --no-build-isolation --wheel-dir "$work" "$TOP" || return 1
    run_pip --require-hashes --requirement "$TOP/requirements/base.txt" || return 1
    run_pip --no-deps --force-reinstall "$work"/rpiocr-*.whl
}

make_venv() {
    local python
    python=$(find_python)
    say "making a virtual environment in $venv"
    logged env -u PYTHONPATH -u PYTHONHOME "$python" -m venv --clear "$venv" \
        || fail_with_log "$python could not make a virtual environment"
}

# The stamp is only there while the environment is whole: without it the next run starts afresh.
ensure_venv() {
    local wanted before=''
    wanted=$(source_hash)
    if [[ -s $stamp ]] && installed_version >/dev/null; then
        before=$(<"$stamp")
        [[ $before != "$wanted" ]] || return 0
    fi
    check_room
    make_work_folder
    rm -f "$stamp"
    [[ -n $before ]] || make_venv
    say "installing the Python packages, a minute or two on a Pi"
    if ((newest)); then set -- run_pip "${TOP}[xlsx]"; else set -- install_locked; fi
    if ! "$@"; then
        # pip takes the old version out only when all of the new one has arrived
        if [[ -n $before ]] && installed_version >/dev/null; then
            echo "$before" >"$stamp"
            say "the version from before is still in place"
        fi
        fail_with_log "the Python packages could not be installed; check the network, then run this script again." \
            "If the log says that a package is not to be had for this machine, or does not match its hash, and you" \
            "trust where it comes from, use --newest"
    fi
    installed_version >/dev/null || fail_with_log "the installed command does not run: $venv/bin/rpiocr"
    sync -f "$venv"
    echo "$wanted" >"$stamp"
}

# ------------------------------------------------------------------------------- backup before a migration

# The new version changes the tables of the store when it is first used. Before that, it copies them as they are.
backup_store() {
    local folder=${XDG_STATE_HOME:-${HOME:-}/.local/state}/rpiocr/before-updates file status=0
    file=$folder/$(date -u +%Y%m%dT%H%M%SZ).zip
    [[ -n ${HOME:-} ]] || return 0
    (umask 077 && mkdir -p "$folder")
    logged "$venv/bin/rpiocr" backup --before-update "$file" || status=$?
    rmdir --ignore-fail-on-non-empty "$folder" 2>/dev/null || true # another installation may have removed it
    if ((status != 0 && status != 3)); then # 3: a damaged row, which is in the backup as it is
        say "warning: the store could not be backed up before the new version changes it (see $log);" \
            "copy it yourself before you go on, or set aside what \`rpiocr doctor\` names as the store"
        return 0
    fi
    [[ -e $file ]] || return 0
    say "backed up the store before the new version changes it: $file"
    say "to go back: check out the version from before, run this script again, then: rpiocr restore --force '$file'"
    keep_newest "$folder"
}

# keep_newest FOLDER: their names tell their times.
keep_newest() {
    local backups=("$1"/*.zip)
    while ((${#backups[@]} > BACKUPS_KEPT)); do
        rm -f -- "${backups[0]}"
        backups=("${backups[@]:1}")
    done
}

# ---------------------------------------------------------------------------------------- second engine

# Prints missing, damaged or whole.
engine_state() {
    env -u PYTHONPATH -u PYTHONHOME "$venv/bin/python" -P - 2>>"$log" <<'PYTHON' || echo damaged
from rpiocr.health.second_engine import second_engine
found = second_engine()
print("missing" if found.tip else "whole" if found.good else "damaged")
PYTHON
}

# extra_packages EXTRA: prints what pyproject.toml asks for, one package with its versions a line.
extra_packages() {
    env -u PYTHONPATH -u PYTHONHOME "$venv/bin/python" -P - "$TOP/pyproject.toml" "$1" <<'PYTHON'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    print(*tomllib.load(file)["project"]["optional-dependencies"][sys.argv[2]], sep="\n")
PYTHON
}

# choose_packages EXTRA: sets packages, the arguments of pip for an extra, and wanted, by which a change of them shows.
choose_packages() {
    if ((newest)); then
        mapfile -t packages < <(extra_packages "$1")
        wanted=${packages[*]}
    else
        packages=(--require-hashes --requirement "$TOP/requirements/$1.txt")
        wanted=$(sha256sum <"$TOP/requirements/$1.txt")
    fi
}

# Without pip, which refuses to remove what an interruption left without a list of its files.
drop_engine() { rm -rf "$venv"/lib/python3*/site-packages/{onnxruntime,rapidocr}{,-*.dist-info}; }

# add_engine PACKAGE...: sets reason where it fails.
add_engine() {
    local free _
    free=$(free_mb)
    if ((free < ENGINE_ROOM_MB)); then
        reason="$ENGINE_ROOM_MB MB are needed, $free MB are free"
        return 1
    fi
    for _ in 1 2; do # twice, as pip takes half a package for a whole one
        [[ $(engine_state) != damaged ]] || drop_engine
        if ! run_pip "$@"; then
            reason=$(sed -n 's/^ERROR: //p' "$log" | tail -n 1)
            return 1
        fi
        [[ $(engine_state) != whole ]] || return 0
    done
    reason="it does not run on this machine"
    return 1
}

# Whatever goes wrong here is no reason to fail: all works without the second engine.
ensure_engine() {
    local packages wanted reason=''
    if ((minimal)); then
        if [[ $(engine_state) == missing ]]; then
            say "left out the second engine, as asked; to add it, run this script without --minimal"
        else
            say "the second engine, installed before, stays; to remove it, run this script with --uninstall first"
        fi
        return
    fi
    choose_packages rapidocr
    [[ ! -s $engine_stamp || $(<"$engine_stamp") != "$wanted" || $(engine_state) != whole ]] || return 0
    say "installing the second engine, a minute or two on a Pi"
    make_work_folder
    rm -f "$engine_stamp"
    if add_engine "${packages[@]}"; then
        sync -f "$venv"
        echo "$wanted" >"$engine_stamp"
    elif [[ $(engine_state) == whole ]]; then
        say "warning: the second engine stays as it was before, it could not be updated (${reason:-see $log})"
    else
        drop_engine
        say "warning: no second engine (${reason:-see $log}); rpiocr works with Tesseract alone." \
            "To add it later, run this script again"
    fi
}

# ------------------------------------------------------------------------------------------------- the page

page_works() {
    env -u PYTHONPATH -u PYTHONHOME "$venv/bin/python" -P -c 'import fastapi, jinja2, python_multipart, uvicorn' \
        2>>"$log"
}

# As drop_engine, with all packages that only the page needs.
drop_page() {
    local package packages=(annotated_doc annotated_types anyio fastapi h11 jinja2 pydantic pydantic_core
        python_multipart starlette typing_inspection uvicorn)
    for package in "${packages[@]}"; do
        rm -rf "$venv"/lib/python3*/site-packages/"$package"{,-*.dist-info}
    done
}

# Whatever goes wrong here is no reason to fail: all but rpiocr serve works without the page.
ensure_page() {
    local packages wanted
    if ((minimal)); then
        if page_works; then
            say "the page of rpiocr serve, installed before, stays; to remove it, run this script with --uninstall first"
        else
            say "left out the page of rpiocr serve, as asked; to add it, run this script without --minimal"
        fi
        return
    fi
    choose_packages serve
    [[ ! -s $page_stamp || $(<"$page_stamp") != "$wanted" ]] || ! page_works || return 0
    say "installing the page of rpiocr serve"
    make_work_folder
    rm -f "$page_stamp"
    page_works || drop_page
    if run_pip "${packages[@]}" && page_works; then
        sync -f "$venv"
        echo "$wanted" >"$page_stamp"
    else
        say "warning: no page ($(sed -n 's/^ERROR: //p' "$log" | tail -n 1); see $log); all but rpiocr serve works." \
            "To add it later, run this script again"
    fi
}

# What ONNX Runtime kept before rpiocr switched its telemetry off: an identifier of this device, and messages about it.
# Its own files alone go, and of the folders those that are empty then.
drop_telemetry() {
    local cache folder files
    for cache in "${XDG_CACHE_HOME:-}" "${HOME:-}/.cache"; do
        folder=$cache/Microsoft/DeveloperTools/.onnxruntime
        [[ $cache == /* && -d $folder && ! -L $folder && -O $folder ]] || continue
        # with nullglob, brackets make names vanish that are not there
        files=("$folder"/deviceid{[.]lock,[.]tmp.*} "$folder"/[d]eviceid "$folder"/[o]nnxruntime.db{,-journal,-wal,-shm,.ses})
        ((${#files[@]})) || continue
        rm -f -- "${files[@]}"
        rmdir --ignore-fail-on-non-empty -- "$folder" "$cache"/Microsoft/DeveloperTools "$cache"/Microsoft 2>/dev/null \
            || true
        say "removed what ONNX Runtime kept in $folder to send to its makers; rpiocr has switched that off"
    done
    for folder in "${TMPDIR:-/tmp}" /tmp; do
        ! is_session "$folder/.ses" || rm -f -- "$folder/.ses"
    done
}

# is_session FILE: whether it is ours and holds the two lines in which that library keeps its number of a session.
is_session() {
    local lines
    [[ -f $1 && ! -L $1 && -O $1 ]] || return 1
    mapfile -t -n 3 lines <"$1"
    [[ ${#lines[@]} == 2 && ${lines[0]} =~ ^[0-9]+$ && ${lines[1]} =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]
}

# ------------------------------------------------------------------------------- command and completion

ensure_command() {
    local command=$bin/rpiocr target
    make_folder "$bin"
    target=$(readlink "$command" || true)
    if [[ $target != "$venv/bin/rpiocr" ]]; then
        [[ ! -e $command && ! -L $command ]] \
            || die "$command is there already and was not made by this script; move it away, then run this again"
        note "$command"
        ln -s "$venv/bin/rpiocr" "$command"
    fi
}

# completion_file SHELL: prints where it goes; fails where the shell does not seem to be used. bash needs no
# sign of use: it is there, and its package bash-completion reads the folder.
completion_file() {
    local folder
    case $1 in
        bash) echo "$share/bash-completion/completions/rpiocr" ;;
        zsh)
            for folder in "${zsh_folders[@]}"; do
                [[ ! -d $folder ]] || { echo "$folder/_rpiocr" && return; }
            done
            return 1
            ;;
        fish)
            [[ -d $(dirname "$fish_folder") ]] || return 1
            echo "$fish_folder/rpiocr.fish"
            ;;
    esac
}

ensure_completion() {
    local shell file text
    for shell in bash zsh fish; do
        file=$(completion_file "$shell") || continue
        text=$("$venv/bin/rpiocr" completion "$shell" 2>>"$log") || continue
        [[ ! -e $file || $(<"$file") != "$text" ]] || continue
        make_folder "$(dirname "$file")"
        note "$file"
        printf '%s\n' "$text" >"$file"
    done
}

# man looks for pages beside the folders on the PATH. One that is not a link of ours is left alone.
ensure_manual() {
    local page link folder
    folder=$(dirname "$bin")/share/man/man1
    for link in "$folder"/rpiocr*.1; do # of commands that are no more
        [[ -e $link || $(readlink "$link") != "$venv"/* ]] || rm -f "$link"
    done
    for page in "$venv"/share/man/man1/rpiocr*.1; do
        link=$folder/${page##*/}
        [[ ! -e $link && ! -L $link ]] || continue
        make_folder "$folder"
        note "$link"
        ln -s "$page" "$link"
    done
}

report() {
    local version
    version=$(installed_version)
    say "installed: $bin/rpiocr, version ${version##* }"
    case :$PATH: in
        *":$bin:"*)
            local first
            first=$(command -v rpiocr || true)
            [[ $first -ef $bin/rpiocr ]] || say "warning: the shell finds another one first: $first"
            ;;
        *) say "$bin is not on your PATH yet: log in again if it is new, or run: export PATH=\"$bin:\$PATH\"" ;;
    esac
}

try_sample() {
    say "reading the sample receipt tests/fixtures/sample.jpg"
    cd "$TOP"
    RPIOCR_CLOUD=never "$venv/bin/rpiocr" scan --format json tests/fixtures/sample.jpg >&3
}

# ------------------------------------------------------------------------------------------------ removal

remove() {
    if [[ -e $made ]]; then
        remove_made_files
    else
        say "nothing is installed in $app"
    fi
    drop_telemetry
    if ((purge)); then
        purge_data
    else
        say "Debian packages, settings and data were left alone (--purge removes settings and data)"
    fi
}

remove_made_files() {
    local path lines
    [[ -w $app ]] || die "$app is not writable for $(id -un); it was made by another user"
    mapfile -t lines < <(tac "$made")
    rm -rf "$venv" "$app"/tmp.* "$log" "$made"
    for path in "${lines[@]}"; do # the latest first, so that folders are empty when their turn comes
        if [[ -d $path && ! -L $path ]]; then
            rmdir --ignore-fail-on-non-empty "$path"
        elif [[ -L $path || $path != "$bin/rpiocr" ]]; then # else somebody put a command of their own there
            rm -f "$path"
        fi
    done
    say "removed rpiocr from $app and $bin"
}

purge_data() {
    [[ -n ${HOME:-} ]] || die "HOME is not set, so your settings and data cannot be found"
    say "removing the settings and data of $(id -un)"
    rm -rf "${XDG_CONFIG_HOME:-$HOME/.config}/rpiocr" "${XDG_STATE_HOME:-$HOME/.local/state}/rpiocr" \
        "${XDG_CACHE_HOME:-$HOME/.cache}/rpiocr" "${XDG_DATA_HOME:-$HOME/.local/share}/rpiocr"
}

# --------------------------------------------------------------------------------------------------- main

main() {
    parse_arguments "$@"
    exec 3>&1 1>&2
    choose_places
    if ((uninstall)); then
        remove
        return
    fi
    local missing
    [[ $(getconf LONG_BIT) == 64 ]] || die "a 64-bit system is needed, such as the 64-bit Raspberry Pi OS"
    if ((dry_run)); then
        say_what_would_be_done
        return
    fi
    work=''
    ((EUID != 0)) || umask 022 # what root installs is for everybody
    trap '[[ -z $work ]] || rm -rf "$work"' EXIT
    trap 'say "interrupted; run this script again to mend what is half done"; exit 130' INT TERM HUP
    mapfile -t missing < <(missing_packages)
    check_may_install "${missing[@]}"
    open_app_folder
    ensure_packages
    ensure_extras
    ensure_venv
    backup_store
    ensure_command
    ensure_completion
    ensure_manual
    ensure_engine
    ensure_page
    drop_telemetry
    report
    ((!try)) || try_sample
}

main "$@"
