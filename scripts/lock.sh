#!/bin/sh
# Refresh uv.lock and the hash-pinned exports for plain pip: scripts/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."

if ! command -v uv >/dev/null; then
    tools=.cache/uv
    [ -x $tools/bin/uv ] || {
        .venv/bin/python -m venv $tools
        $tools/bin/pip install --quiet --disable-pip-version-check uv
    }
    PATH=$PWD/$tools/bin:$PATH
fi

export_to() {
    lock=$1
    shift
    uv export --quiet --frozen --no-emit-project --all-extras "$@" --output-file "$lock"
}

uv lock "$@"
export_to requirements.lock --no-dev --group build
export_to requirements-dev.lock --all-groups
