#!/bin/sh
# Installs what Escala needs and is missing: system libraries (Debian, Ubuntu), .venv, the locked packages, `escala`.
#
#   scripts/setup.sh run       what using Escala takes
#   scripts/setup.sh develop   the tools for lint, tests and benchmarks, too (the default)
#
# Asks nothing. When everything is there already it says nothing and takes a moment.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

purpose=${1:-develop}
venv_python=.venv/bin/python
oldest_python=3.11
python_names='python3.14 python3.13 python3.12 python3.11'
# What WeasyPrint loads, and the package of Debian and Ubuntu that has it.
libraries='libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 libharfbuzz.so.0:libharfbuzz0b
libharfbuzz-subset.so.0:libharfbuzz-subset0 libfontconfig.so.1:fontconfig'
case $purpose in
    run) requirements='build runtime' commands='' ;;
    develop) requirements='build dev' commands='pdftoppm:poppler-utils pdftotext:poppler-utils' ;;
    *)
        echo "usage: scripts/setup.sh [run|develop]" >&2
        exit 2
        ;;
esac

say() { printf 'set-up: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- What is there ---------------------------------------------------------------------------------------------------

is_new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$oldest_python'.split('.'))))" 2>/dev/null
}

has_venv_modules() { "$1" -c 'import ctypes, ensurepip, ssl, venv' 2>/dev/null; }

# The newest Python that can make a virtual environment, else the newest that only lacks the modules for it, else nothing.
# A name alone proves little: a pyenv shim may stand for a version that is not installed. So each one is started.
find_python() {
    incomplete=
    for name in $python_names python3 python; do
        if has "$name" && is_new_enough "$name"; then
            if has_venv_modules "$name"; then
                command -v "$name"
                return
            fi
            incomplete=${incomplete:-$(command -v "$name")}
        fi
    done
    echo "$incomplete"
}

# The packages of the libraries that Python $1 cannot load, and of the commands that are not found.
missing_packages() {
    {
        if [ "$(uname)" = Linux ]; then
            # shellcheck disable=SC2086  # a list of words
            "$1" -c '
import ctypes, sys
for pair in sys.argv[1:]:
    library, package = pair.split(":")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
' $libraries
        fi
        for pair in $commands; do
            has "${pair%%:*}" || echo "${pair#*:}"
        done
    } | sort -u | tr '\n' ' '
}

venv_works() { [ -x .venv/bin/pip ] && is_new_enough "$venv_python"; }

# A folder that was moved or copied holds commands that still point to the old place.
was_moved() {
    for stamp in .venv/.installed-*; do
        if [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" != "$(pwd -P)" ]; then
            return
        fi
    done
    return 1
}

# What an installation depends on: this folder and these files.
signature() {
    pwd -P
    cksum scripts/setup.sh pyproject.toml hatch_build.py requirements/*.txt
}

is_installed() {
    for stamp in ".venv/.installed-$purpose" .venv/.installed-develop; do
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(signature)" ]; then
            return
        fi
    done
    return 1
}

# --- System packages -------------------------------------------------------------------------------------------------

# Sets the words that make a command run as root; fails where that would ask for a password.
become_root() {
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root='sudo -n'
        has sudo && sudo -n true 2>/dev/null
    fi
}

# As root, without a question, waiting for another apt to end; says something only when it fails.
apt() {
    log=$(mktemp)
    # shellcheck disable=SC2086  # empty, or sudo and its option
    if $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

apt_knows() {
    for package in "$@"; do
        apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || return 1
    done
}

update_apt() {
    say "Updating the list of packages (apt-get update) ..."
    apt update || fail "The list of packages could not be updated (see above)."
}

install_packages() {
    say "Missing on this system: $*"
    if ! has apt-get; then
        say "Please install Python $oldest_python or later, Pango with its FreeType part, HarfBuzz with its subset part and"
        say "Fontconfig; for tests, Poppler's tools, too. Then try again. For example:"
        say "  macOS:  brew install python pango poppler"
        say "  Fedora: sudo dnf install python3 pango harfbuzz poppler-utils"
        fail "  Arch:   sudo pacman -S python pango poppler"
    fi
    if ! become_root; then
        by='sudo '
        as_whom=
        if ! has sudo; then # as on a Debian whose root has a password
            by=
            as_whom=' as root'
        fi
        update="${by}apt-get update && "
        if apt_knows "$@"; then
            update=
        fi
        say "Installing that takes an administrator's rights. Run this line once$as_whom, then try again:"
        printf '\n    %s%sapt-get install -y --no-install-recommends %s\n\n' "$update" "$by" "$*" >&2
        exit 1
    fi
    if apt_knows "$@"; then
        say "Installing with apt-get: $*"
        if apt install -y --no-install-recommends "$@" 2>/dev/null; then
            return
        fi
    fi
    update_apt # an old list does not know a package, or names a file that is gone
    say "Installing with apt-get: $*"
    apt install -y --no-install-recommends "$@" || fail "apt-get could not install them (see above)."
}

# The newest Python that apt offers.
python_packages() {
    for name in $python_names; do
        if apt_knows "$name" "$name-venv"; then
            echo "$name $name-venv"
            return
        fi
    done
    echo 'python3 python3-venv'
}

# --- Python and its packages -----------------------------------------------------------------------------------------

make_venv() {
    python=$(find_python)
    if [ -z "$python" ]; then
        say "No Python $oldest_python or later was found."
        if has apt-get && ! apt_knows python3-venv && become_root; then
            update_apt
        fi
        # shellcheck disable=SC2046,SC2086  # lists of words
        install_packages $(python_packages) $(printf '%s\n' $libraries $commands | cut -d : -f 2 | sort -u)
        python=$(find_python)
    elif ! has_venv_modules "$python"; then
        # shellcheck disable=SC2046  # a list of words
        install_packages "$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')" \
            $(missing_packages "$python")
    fi
    if [ -z "$python" ] || ! has_venv_modules "$python"; then
        fail "Escala needs Python $oldest_python or later with its venv module. Please install it, then try again."
    fi
    say "Making .venv with $("$python" --version) ($python) ..."
    "$python" -m venv --clear .venv
}

install_python_packages() {
    say "Installing the locked packages into .venv (a minute or two the first time) ..."
    set --
    for name in $requirements; do
        set -- "$@" --requirement "requirements/$name.txt"
    done
    # An old pip tells of deprecations that are others' to mend.
    pip="$venv_python -W ignore:DEPRECATION -m pip --quiet --disable-pip-version-check --no-input install"
    $pip --require-hashes "$@" </dev/null || fail "pip could not install them (see above)."
    $pip --no-deps --no-build-isolation --editable . </dev/null || fail "pip could not install Escala (see above)."
    "$venv_python" -c 'import weasyprint' || fail "WeasyPrint does not start (see above)."
}

# --- The set-up itself -----------------------------------------------------------------------------------------------

if ! venv_works || was_moved; then
    make_venv
fi
missing=$(missing_packages "$venv_python")
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086  # a list of words
    install_packages $missing
fi
# Chromium only runs the browser tests, which say so and are skipped without it: no reason to fail. Its headless shell
# renders the same pages for less than half of the work; where another Chromium is there, it is asked for only once.
browser=chromium-headless-shell
apt_knows $browser || browser=chromium
if [ "$purpose" = develop ] && ! has $browser && { ! has chromium || ! is_installed; } && apt_knows $browser &&
    become_root; then
    say "Installing with apt-get, for the browser tests: $browser"
    apt install -y --no-install-recommends $browser || say "It could not be installed (without any Chromium they are skipped)."
fi
if ! is_installed; then
    install_python_packages
    signature >".venv/.installed-$purpose"
    say "Done. The command: .venv/bin/escala"
fi
