#!/usr/bin/env bash
# The main job on an embedded default: builds, makes a small local channel, installs a toolchain from it into a
# scratch home, runs it through a proxy, shows the store. Needs only the .NET SDK.
set -euo pipefail
cd "$(dirname "$0")"

./build.sh ${TOOLCHAIN_STORE_BUILD:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mirror=$(dotnet run --project tests/SmallMirror -- "$scratch/mirror")

# A home of its own: nothing of the user's is read or written.
unset "${!RUSTUP_@}" "${!CARGO_@}" CI
export RUSTUP_INIT_SKIP_SUDO_CHECK=yes HOME=$scratch RUSTUP_HOME=$scratch/rustup CARGO_HOME=$scratch/cargo
export RUSTUP_DIST_SERVER=$mirror PATH=$scratch/cargo/bin:$PATH

show() { echo; echo "\$ $*"; "$@"; }

show out/rustup-init -y --no-modify-path --default-toolchain none
show rustup toolchain install stable --profile minimal
show rustc --version
show rustup component add clippy
show rustup toolchain install 1.91.0
show rustup toolchain list -v
show rustup store status
show rustup toolchain uninstall 1.91.0
show rustup store gc --older-than 0d --keep-generations 0
show rustup store verify --contents
