#!/usr/bin/env bash
# tests/fuzz.sh TARGET MINUTES [FOLDER]: fuzzes a target of tests/Fuzz with AFL++, guided by coverage, and says what came of it.
# Needs afl-fuzz (apt install afl++). What crashes is in FOLDER/default/crashes: put it into tests/Fuzz/Corpus/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ $# -lt 2 ] || [ ! -d "tests/Fuzz/Corpus/$1" ]; then
  echo "usage: tests/fuzz.sh TARGET MINUTES [FOLDER]; targets: $(cd tests/Fuzz/Corpus && echo *)" >&2
  exit 1
fi

target=$1 minutes=$2
work=$(mktemp -d)
found=${3:-$work/found}
mkdir -p "$found"
trap 'rm -rf "$work/app" "$work/tools"' EXIT

dotnet publish tests/Fuzz -o "$work/app" --nologo -v quiet
dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools" > /dev/null
"$work/tools/sharpfuzz" "$work/app/JiraWebhooks.dll"

# The .NET host is no program of AFL, so the check of the binary is skipped; a crash is an exception that ends the process.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1
afl-fuzz -V $((minutes * 60)) -t 10000 -m none -i "tests/Fuzz/Corpus/$target" -o "$found" dotnet "$work/app/Fuzz.dll" "$target" > "$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }

value() { sed -n "s/^$1 *: *//p" "$found/default/fuzzer_stats"; }
now=$(value last_update)
last=$(value last_find)
echo "$target: $(value execs_done) runs in $(value run_time) s, $(value edges_found) edges, $(value corpus_count) inputs, last new one $(( now - (last > 0 ? last : $(value start_time)) )) s before the end, $(value saved_crashes) crashes, $(value saved_hangs) hangs, in $found"
[ "$(value saved_crashes)" = 0 ]
