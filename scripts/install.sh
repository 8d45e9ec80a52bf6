#!/bin/sh
# Make .venv ready from the lock files: scripts/install.sh [runtime|dev]
#
# uv does it where there is one; else a virtual environment and pip, with every hash
# checked. Nothing is done when nothing changed since the last time.
set -eu
cd "$(dirname "$0")/.."

wanted=${1:-runtime}
stamp=.venv/.installed

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

fingerprint() {
    {
        pwd
        cat pyproject.toml hatch_build.py uv.lock requirements.lock requirements-dev.lock
        find idp/translations -name '*.po' -exec cat {} + 2>/dev/null || :
    } | sha256sum | cut -d' ' -f1
}

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
        if works "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

install_with_uv() {
    groups=--no-dev
    [ "$wanted" = runtime ] || groups=--all-groups
    UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=.venv uv sync --quiet --frozen \
        --all-extras --group build "$groups" ${python:+--python "$python"}
}

# Debian takes ensurepip and pip out of python3; root may put them back.
with_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "Installing $1 with apt-get"
    apt-get update -qq && apt-get install -qq -y --no-install-recommends "$1" >/dev/null
}

has_ensurepip() { "$python" -m ensurepip --version >/dev/null 2>&1; }

create_venv() {
    rm -rf .venv
    if has_ensurepip; then
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv
    elif with_apt python3-venv && has_ensurepip; then
        "$python" -m venv .venv
    else
        fail "$python has neither ensurepip nor pip." \
            "Install uv (https://docs.astral.sh/uv/), or: apt-get install python3-venv"
    fi
}

pip() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip "$@"
    else
        "$python" -m pip --python .venv/bin/python "$@"
    fi
}

install_with_pip() {
    [ -n "$python" ] || fail "Python 3.11 or newer is needed; set PYTHON if it has another name."
    works .venv/bin/python || create_venv
    lock=requirements.lock
    [ "$wanted" = runtime ] || lock=requirements-dev.lock
    pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

present=none
[ ! -f $stamp ] || read -r present key <$stamp
# Development tools that are there already stay there.
[ "$present" != dev ] || wanted=dev

if [ "$present" != "$wanted" ] || [ "$key" != "$(fingerprint)" ]; then
    say "Installing the locked $wanted packages into .venv (a fresh one takes up to a minute)"
    rm -f $stamp
    python=$(find_python)
    if ! command -v uv >/dev/null; then
        install_with_pip
    elif ! install_with_uv; then
        say "uv could not do it; trying pip"
        install_with_pip
    fi
    # The build hook does this too, but uv may take the build from its cache.
    .venv/bin/python -c 'import hatch_build; hatch_build.compile_catalogues()'
    echo "$wanted $(fingerprint)" >$stamp
fi

# Start-up time counts on bytecode, also where PYTHONDONTWRITEBYTECODE is set.
.venv/bin/python -m compileall -q idp
