#!/usr/bin/env bash
# Publishes the product to out/: rustup, rustup-proxy, rustup-init and the SQLite library.
#   ./build.sh            NativeAOT, where a C toolchain is installed; says what is missing otherwise. out/rustup-init then
#                         is all of it in one file, and out/release what a server of releases has to offer
#   ./build.sh --shared   as NativeAOT, but with SQLite as a shared library beside the programs
#   ./build.sh --plain    needs nothing but the .NET SDK; starts slower
set -euo pipefail
cd "$(dirname "$0")"

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) rid=linux-x64 ;;
    Linux-aarch64) rid=linux-arm64 ;;
    Darwin-x86_64) rid=osx-x64 ;;
    Darwin-arm64) rid=osx-arm64 ;;
    *) echo "build.sh: no runtime identifier is known for $(uname -s) $(uname -m)" >&2; exit 1 ;;
esac

plain=false shared=false
case "${1:-}" in
    --plain) plain=true ;;
    --shared) shared=true ;;
esac
if ! $plain && ! { command -v clang || command -v gcc; } >/dev/null 2>&1; then
    echo "build.sh: NativeAOT needs a C compiler and zlib." >&2
    echo "  Debian, Ubuntu: apt-get install clang zlib1g-dev" >&2
    echo "  Fedora:         dnf install clang zlib-devel" >&2
    echo "  Publishing without NativeAOT instead, which starts slower." >&2
    plain=true
fi

rm -rf out
mkdir -p out
common=(-c Release -o out --nologo -v quiet)
if $plain; then
    for project in Cli Proxy; do
        dotnet publish "src/$project" "${common[@]}" -r "$rid" --no-self-contained
    done
else
    compiler=clang
    command -v clang >/dev/null 2>&1 || compiler=gcc
    native=(-p:CppCompilerAndLinker="$compiler")
    if [ "${rid%%-*}" = linux ] && ! $shared; then
        if dotnet msbuild src/Sqlite/Sqlite.proj --nologo -v:quiet -p:RuntimeIdentifier="$rid" -p:Compiler="$compiler"; then
            native+=(-p:SqliteArchive="$PWD/src/Sqlite/bin/$rid/libe_sqlite3.a")
            # A name without a directory: there is none.
            case "$("$compiler" -print-file-name=libc.a)" in
                /*) native+=(-p:LinksLibcStatically=true) ;;
                *) echo "build.sh: there is no static C library (Fedora: dnf install glibc-static); proxies will start slower" >&2 ;;
            esac
        else
            echo "build.sh: SQLite could not be built from its source; the shared library is used, and proxies start slower" >&2
        fi
    fi
    for project in Cli Proxy; do
        dotnet publish "src/$project" "${common[@]}" -r "$rid" -p:PublishAot=true "${native[@]}"
    done
fi
if $plain; then
    # Runs only from here: it needs the files beside it.
    ln -s rustup out/rustup-init
else
    out/rustup store release out/release >/dev/null
    cp rustup-init.sh out/release/
    cp out/release/dist/*/rustup-init out/
fi
echo "published to out/: $(cd out && ls | grep -v '\.dbg$' | tr '\n' ' ')"
