#!/usr/bin/env bash
# Builds the product and runs the default tests: no network, no rustup, a few minutes.
#   ./test.sh [FILTER]      FILTER as for `dotnet test --filter`
set -euo pipefail
cd "$(dirname "$0")"

./build.sh ${TOOLCHAIN_STORE_BUILD:-}
dotnet build --nologo -v quiet

# Projects run one after the other: several of them start many processes of their own.
passed=0 failed=0 status=0
for project in tests/*.Tests/*.csproj; do
    log=$(mktemp)
    dotnet test "$project" --no-build --nologo ${1:+--filter "$1"} 2>&1 | tee "$log" | grep -vE '^(Test run for|A total of|VSTest version|\s*$)' || status=1
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
    line=$(grep -E '(Passed|Failed)! ' "$log" || true)
    if [ -n "$line" ]; then
        passed=$((passed + $(sed -E 's/.*Passed: *([0-9]+).*/\1/' <<<"$line")))
        failed=$((failed + $(sed -E 's/.*Failed: *([0-9]+).*/\1/' <<<"$line")))
    elif [ -z "${1:-}" ]; then
        echo "$project: no tests were run" >&2
        status=1
    fi
    rm -f "$log"
done
echo "$passed passed, $failed failed"
exit $status
