#!/usr/bin/env bash
# Makes target/python, a Python environment with what the tests need. Does nothing where it is made already.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
env="$here/../../target/python"
stamp="$env/requirements.txt"
mkdir -p "$here/../../target"
# Tests run side by side: only one of them makes it.
exec 9>"$here/../../target/python.lock"
flock 9
if [ -f "$stamp" ] && cmp -s "$here/requirements.txt" "$stamp"; then
    exit 0
fi
python3 -m venv --clear "$env"
"$env/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$stamp"
