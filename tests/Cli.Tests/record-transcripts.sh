#!/bin/bash
# Asks a real rustup how it answers the command lines of a list, one per line with shell quoting, and prints the
# transcript that the tests compare with. It runs in an empty home of its own.
#
#   [RUSTUP_TERM_COLOR=always] record-transcripts.sh RUSTUP < LIST > Transcripts/NAME.txt
set -euo pipefail

oracle=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/work"
cp "$oracle" "$scratch/bin/rustup"
cp "$oracle" "$scratch/bin/rustup-init"
cd "$scratch/work"

# The version differs from build to build.
normalise() { sed -E 's/^(rustup(-init)?) 1\.29\.0 \([^)]*\)$/\1 1.29.0 (VERSION)/'; }

while IFS= read -r line; do
    eval "words=($line)"
    set +e
    env -i PATH=/usr/bin:/bin HOME="$scratch/home" RUSTUP_HOME="$scratch/home/rustup" \
        CARGO_HOME="$scratch/home/cargo" RUSTUP_DIST_SERVER=file:///nonexistent \
        RUSTUP_UPDATE_ROOT=file:///nonexistent RUSTUP_TERM_COLOR="${RUSTUP_TERM_COLOR:-never}" \
        "$scratch/bin/${words[0]}" "${words[@]:1}" > "$scratch/out" 2> "$scratch/err" < /dev/null
    code=$?
    set -e
    printf '$ %s\n' "$line"
    if grep -qE "^For more information, try |^(.\[[0-9]*m)*Usage:" "$scratch/out" "$scratch/err"; then
        normalise < "$scratch/out" | sed 's/^/out|/'
        normalise < "$scratch/err" | sed 's/^/err|/'
        printf 'exit|%s\n' "$code"
    else
        printf 'parsed|\n'
    fi
done
