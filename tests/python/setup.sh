#!/usr/bin/env bash
# Makes target/python, the virtual environment of the checks in this folder. Quick where it is already made.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="$root/target/python"
stamp="$venv/requirements.installed"

die() {
    echo "tests/python/setup.sh: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

made() {
    cmp -s "$here/requirements.txt" "$stamp" && "$venv/bin/python" -c '' 2>/dev/null
}

made && exit 0
command -v python3 >/dev/null || die "there is no python3" "install Python 3.10 or later"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || die "$(python3 --version) is too old" "install Python 3.10 or later"

# Tests run in parallel processes: the first makes it, the others wait.
mkdir -p "$root/target"
if command -v flock >/dev/null; then
    exec 9>"$root/target/python.lock"
    flock 9
    made && exit 0
fi

rm -rf "$venv"
python3 -m venv "$venv" >&2 || die "python3 cannot make a virtual environment" "install its venv module, on Debian: apt-get install python3-venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
    --requirement "$here/requirements.txt" >&2 || die "pip cannot install requirements.txt" "is a package index reachable?"
cp "$here/requirements.txt" "$stamp"
