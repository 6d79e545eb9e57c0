#!/usr/bin/env bash
# Installs what the tests need, from package registries only, and runs every check and test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() {
    printf '\n== %s\n' "$1"
}

bash tests/python/setup.sh

step "format"
cargo fmt --all --check

step "clippy"
cargo clippy --workspace --all-targets --locked -- -D warnings

# What clippy has checked is checked metadata for the next two as well.
step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

step "the binary without its heavy leaf"
cargo check --no-default-features --locked --quiet

step "doc tests"
cargo test --doc --workspace --locked --quiet

# Last, so that the runner's own summary closes the output.
step "tests"
if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --workspace --locked --no-fail-fast
fi
echo "cargo-nextest is not installed: cargo test runs the same tests, one binary after the other" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
cargo test --workspace --lib --bins --tests --locked --no-fail-fast 2>&1 | tee "$log" || status=$?
# The runner's own lines, added up: "test result: ok. 20 passed; 0 failed; 1 ignored; …".
awk '/^test result: / { passed += $4; failed += $6; ignored += $8 }
    END { printf "%d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
exit "$status"
