#!/bin/sh
# Install the programs that the tests start, where they are absent and apt-get may.
set -eu

missing=
need() { missing="$missing $1"; }

command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null ||
    need chromium-headless-shell  # Chromium without its windows: half the work
command -v redis-server >/dev/null || need redis-server
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
find /usr/share/fonts -name '*.ttf' 2>/dev/null | grep -q . || need fonts-dejavu-core
[ -x /usr/sbin/slapd ] || need slapd

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Some tests will fail without: apt-get install$missing" >&2
    exit 0
fi
echo "Installing for the tests:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 - a list of package names
apt-get install -qq -y --no-install-recommends $missing >/dev/null
