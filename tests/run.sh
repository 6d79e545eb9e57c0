#!/usr/bin/env bash
# Installs what the tests need, from package registries only, and runs every check and test.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tests/python/setup.sh

echo "== format"
cargo fmt --all --check

echo "== clippy"
cargo clippy --workspace --all-targets --locked -- -D warnings

echo "== documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

echo "== the binary without its heavy leaf"
cargo check --no-default-features --locked --quiet

echo "== doc tests"
cargo test --doc --workspace --locked --quiet

# Last, so that a test runner's own summary closes the output.
echo "== tests"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace --locked --no-fail-fast
else
    cargo test --workspace --locked --no-fail-fast
fi
