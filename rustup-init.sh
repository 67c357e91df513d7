#!/bin/sh
# Downloads the installer for this machine from the releases that RUSTUP_UPDATE_ROOT names, compares its digest, and runs
# it with the arguments given. Needs curl or wget, and a terminal unless -y is among the arguments.
#   curl -sSf URL/rustup-init.sh | RUSTUP_UPDATE_ROOT=URL sh -s -- -y
#   RUSTUP_VERSION=V   that release instead of the newest
set -u

main() {
    root=${RUSTUP_UPDATE_ROOT:-}
    [ -n "$root" ] || fail "RUSTUP_UPDATE_ROOT must name a server of releases"
    need uname mktemp chmod mkdir rm
    host=$(find_host) || exit 1
    directory=$(mktemp -d) || fail "no temporary directory could be made"
    trap 'rm -rf "$directory"' EXIT
    trap 'exit 130' INT TERM
    installer=$directory/rustup-init
    if [ -n "${RUSTUP_VERSION:-}" ]; then
        url=$root/archive/$RUSTUP_VERSION/$host/rustup-init
    else
        url=$root/dist/$host/rustup-init
    fi
    say "downloading installer"
    download "$url.sha256" "$installer.sha256" && download "$url" "$installer" || explain_missing "$host" "$url"
    compare "$installer"
    chmod u+x "$installer"
    [ -x "$installer" ] || fail "cannot execute $installer (is the temporary directory mounted noexec?);" \
        "set TMPDIR to another directory"
    run "$@"
}

say() { printf 'info: %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

need() {
    for command in "$@"; do
        command -v "$command" >/dev/null 2>&1 || fail "need '$command' (command not found)"
    done
}

# The target triple of the programs that run here.
find_host() {
    system=$(uname -s)
    machine=$(uname -m)
    case $machine in
        x86_64 | x86-64 | x64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        armv7l | armv8l) machine=armv7 ;;
        riscv64) machine=riscv64gc ;;
        loongarch64 | s390x) ;;
        ppc64le) machine=powerpc64le ;;
        *) fail "there is no release for the processor '$machine'" ;;
    esac
    case $system in
        Linux)
            suffix=
            # A 64-bit kernel may have 32-bit programs.
            if [ "$(head -c 5 /bin/sh 2>/dev/null | tail -c 1 | od -An -tu1 | tr -d ' ')" = 1 ]; then
                case $machine in
                    x86_64) machine=i686 ;;
                    aarch64) machine=armv7 ;;
                esac
            fi
            [ "$machine" != armv7 ] || suffix=eabihf
            echo "$machine-unknown-linux-$(find_libc)$suffix"
            ;;
        Darwin) echo "$machine-apple-darwin" ;;
        FreeBSD) echo "$machine-unknown-freebsd" ;;
        *) fail "there is no release for the system '$system'" ;;
    esac
}

find_libc() {
    if ldd --version 2>&1 | grep -q musl || { [ -n "$(ls /lib/ld-musl-* 2>/dev/null)" ] && [ ! -e /lib64 ]; }; then
        echo musl
    else
        echo gnu
    fi
}

download() {
    case $1 in
        file://*) cp "${1#file://}" "$2" 2>/dev/null; return ;;
    esac
    if command -v curl >/dev/null 2>&1; then
        curl --silent --show-error --fail --location --retry 3 --output "$2" "$1"
    elif command -v wget >/dev/null 2>&1; then
        wget --quiet --tries 3 -O "$2" "$1"
    else
        fail "need 'curl' or 'wget' (command not found)"
    fi
}

explain_missing() {
    case $1 in
        *-musl*) fail "there is no build for systems with musl, such as Alpine, at $2:" \
            "the programs need glibc; use an image with glibc, or rustup itself" ;;
        *) fail "could not download $2" ;;
    esac
}

compare() {
    read -r announced _ <"$1.sha256"
    if command -v sha256sum >/dev/null 2>&1; then
        actual=$(sha256sum "$1")
    elif command -v shasum >/dev/null 2>&1; then
        actual=$(shasum -a 256 "$1")
    else
        fail "need 'sha256sum' or 'shasum' (command not found)"
    fi
    [ "${actual%% *}" = "$announced" ] || fail "the digest of the download is wrong: expected $announced," \
        "calculated ${actual%% *}; try again in a few minutes"
}

# From a pipe the script itself is on standard input, so questions are asked on the terminal.
run() {
    for argument in "$@"; do
        case $argument in
            -y | -h | --help | -V | --version) "$installer" "$@"; return ;;
        esac
    done
    if [ -t 0 ]; then
        "$installer" "$@"
    elif (: </dev/tty) 2>/dev/null; then
        "$installer" "$@" </dev/tty
    else
        fail "there is no terminal to ask on; add -y to install without questions"
    fi
}

main "$@"
