#!/usr/bin/env bash
# tests/fuzz.sh TARGETS MINUTES [FOLDER]: fuzzes targets of tests/Fuzz with AFL++, guided by coverage, and says what came of it.
# TARGETS is one name, several with commas between them, or all; several run side by side. Needs afl-fuzz (apt install afl++).
# What crashes is in FOLDER/TARGET/default/crashes: put it into tests/Fuzz/Corpus/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

known=$(cd tests/Fuzz/Corpus && echo *)
targets=${1:-} minutes=${2:-}
[ "$targets" != all ] || targets=${known// /,}
IFS=, read -ra targets <<< "$targets"
for target in "${targets[@]:-}"; do
  if [ -z "$minutes" ] || [ -z "$target" ] || [ ! -d "tests/Fuzz/Corpus/$target" ]; then
    echo "usage: tests/fuzz.sh TARGETS MINUTES [FOLDER]; targets: $known, all" >&2
    exit 1
  fi
done

work=$(mktemp -d)
found=${3:-$work/found}
mkdir -p "$found"
# Jobs in the background do not get the Ctrl-C that ends this script.
trap 'jobs -pr | xargs -r kill || true; rm -rf "$work/app" "$work/tools"' EXIT

dotnet publish tests/Fuzz -o "$work/app" --nologo -v quiet
dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools" > /dev/null
"$work/tools/sharpfuzz" "$work/app/JiraWebhooks.dll"

# The .NET host is no program of AFL, so the check of the binary is skipped; a crash is an exception that ends the process.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
running=()
for target in "${targets[@]}"; do
  afl-fuzz -V $((minutes * 60)) -t 10000 -m none -i "tests/Fuzz/Corpus/$target" -o "$found/$target" \
    dotnet "$work/app/Fuzz.dll" "$target" > "$work/$target.log" 2>&1 &
  running+=($!)
done

# Of the current target.
value() { sed -n "s/^$1 *: *//p" "$found/$target/default/fuzzer_stats"; }
# plot_data: the seconds since the start are in the first column.
edges() { awk -F', ' -v until="$1" 'NR == 1 { for (c = 1; c <= NF; c++) if ($c ~ /edges_found/) at = c } NR > 1 && $1 + 0 <= until { last = $at } END { print last == "" ? "unknown" : last }' "$found/$target/default/plot_data"; }

failed=0
for i in "${!targets[@]}"; do
  target=${targets[i]} result=0
  wait "${running[i]}" || result=$?
  if [ "$result" -ne 0 ]; then
    tail -20 "$work/$target.log" >&2
    failed=1
    continue
  fi

  echo "$target: $(value execs_done) runs in $(value run_time) s, $(value edges_found) edges ($(edges $((minutes * 60 * 2 / 3))) after two thirds of the time), $(value corpus_count) inputs, $(value saved_crashes) crashes, $(value saved_hangs) hangs, in $found/$target"
  [ "$(value saved_crashes)" = 0 ] || failed=1
done

exit $failed
