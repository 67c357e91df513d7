# Shared by the lab's scripts; to be sourced. Sets: repository, product, mirror_tools; work and server when made.
# shellcheck shell=bash disable=SC2034

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
product=${PRODUCT:-$repository/out}

# Tools beside the repository, or beside the main one if this is a worktree elsewhere.
find_shared_tools() {
    local beside=$repository/../shared/tools/$1
    [ -d "$beside" ] || beside=$(git -C "$repository" worktree list --porcelain 2>/dev/null |
        sed -n "s|^worktree \(.*\)/[^/]*$|\1/shared/tools/$1|p" | head -1)
    echo "$beside"
}

mirror_tools=${MIRROR_TOOLS:-$(find_shared_tools mirror)}
host=x86_64-unknown-linux-gnu
server_pid=

fail() {
    echo "${0##*/}: $*" >&2
    exit 2
}

require_tool() {
    [ -e "$1" ] || fail "missing: $1 (set MIRROR_TOOLS to the directory that has it)"
}

# A temp directory that goes when the script does; the server with it.
make_work_directory() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/$1-XXXXXX")
    trap clean_up EXIT
}

clean_up() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
    if ${keep:-false}; then
        echo "kept: $work" >&2
    else
        # A collection in the background may still be putting files there: one more try.
        rm -rf "$work" 2>/dev/null || { sleep 1; rm -rf "$work"; }
    fi
}

start_server() {
    require_tool "$mirror_tools/serve.py"
    python3 "$mirror_tools/serve.py" "$1" --port 0 >"$work/server" 2>"$work/server.errors" &
    server_pid=$!
    local try
    for try in {1..100}; do
        grep -qs http "$work/server" && break
        [ "$try" -lt 100 ] || fail "the server of $1 does not start: $(<"$work/server.errors")"
        sleep 0.05
    done
    server=$(awk '{ print $NF }' "$work/server")
}

# Nothing of the caller's rustup may be seen by the tested ones.
forget_environment() {
    local name
    for name in $(compgen -e | grep -E '^(RUST|CARGO)'); do
        unset "$name"
    done
    unset CI
    export RUSTUP_INIT_SKIP_PATH_CHECK=yes LC_ALL=C TERM=dumb SHELL=/bin/bash
}

# Fresh homes below a directory, with the given installer's programs in CARGO_HOME/bin.
use_homes() {
    export HOME=$1/home RUSTUP_HOME=$1/home/.rustup CARGO_HOME=$1/home/.cargo
    export PATH=$CARGO_HOME/bin:/usr/bin:/bin
    mkdir -p "$HOME"
    install_programs "$1" "$2"
}

# Sets installer, for sessions that run it again.
install_programs() {
    installer=$1/rustup-init
    # Ours needs the files beside it; the real one is a single file with any name.
    if [ "${2##*/}" = rustup-init ]; then
        installer=$2
    else
        cp "$2" "$installer"
    fi
    "$installer" -y --no-modify-path --default-toolchain none >"$1/init.log" 2>&1 ||
        fail "the installer failed: $(<"$1/init.log")"
}

passed=0
failed=0

# check SENTENCE COMMAND...: the sentence is true if the command succeeds. What it printed is shown if not.
check() {
    local sentence=$1
    shift
    if "$@" >"$work/check.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $sentence"
    else
        failed=$((failed + 1))
        echo "FAIL  $sentence"
        tail -n 8 "$work/check.log" | sed 's/^/      | /'
    fi
}
