#!/usr/bin/env bash
# tests/mutants.sh FOLDERS TESTS [REPORT]: mutation testing of folders and files of src/JiraWebhooks with Stryker. Prints the score and what survives.
# FOLDERS have ';' between them: "Recovery" has all files below it, "Recovery/" only those directly in it.
# TESTS are files below tests/JiraWebhooks.Tests with ';' between them; all of them run for each mutant. REPORT gets the same as Markdown.
# It works in a clone of the last commit, because a run that ends early leaves changed assemblies.
# Example: tests/mutants.sh Recovery/FailedList 'Recovery/CursorTests.cs;Recovery/FailedDeliveryPollerTests.cs'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folders=${1:-} tests=${2:-} report=${3:-}
patterns=()
IFS=';' read -ra names <<< "$folders"
for name in "${names[@]:-}"; do
  if [ -z "$name" ] || [ -z "$tests" ] || ! git cat-file -e "HEAD:src/JiraWebhooks/${name%/}"; then
    echo "usage: tests/mutants.sh FOLDERS TESTS [REPORT]" >&2
    exit 1
  fi

  case $name in
    */) patterns+=(-m "**/$name*.cs") ;;
    *.cs) patterns+=(-m "**/$name") ;;
    *) patterns+=(-m "**/$name/**/*.cs") ;;
  esac
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet . "$work/clone"
dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$work/tools" > /dev/null

(cd "$work/clone/tests/JiraWebhooks.Tests" && ONLY_TESTS=$tests "$work/tools/dotnet-stryker" --test-runner mtp -p JiraWebhooks.csproj "${patterns[@]}" -c 2 -r json -O "$work/out" > "$work/log") \
  || { tail -20 "$work/log" >&2; exit 1; }

# Stryker's score: mutants without a test that reaches them count as survivors.
node - "$work"/out/reports/mutation-report.json "$folders" "$report" << 'END'
const fs = require('node:fs');
const [file, folders, report] = process.argv.slice(2);
const text = s => '`' + s.replace(/\s+/g, ' ').replace(/`/g, "'").replace(/\|/g, '\\|').trim().slice(0, 120) + '`';
const found = [];
let killed = 0, late = 0;
for (const [path, { source, mutants }] of Object.entries(JSON.parse(fs.readFileSync(file, 'utf8')).files)) {
  const lines = source.split(/\r?\n/);
  for (const { status, location: { start, end }, replacement } of mutants) {
    if (status === 'Killed' || status === 'Timeout') killed++;
    if (status === 'Timeout') late++;
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const part = lines.slice(start.line - 1, end.line);
    part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
    part[0] = part[0].slice(start.column - 1);
    found.push(`| ${path.replace(/^.*JiraWebhooks\//, '')}:${start.line} | ${text(part.join(' '))} | ${text(replacement ?? '')} |`);
  }
}
const all = killed + found.length;
const out = [`## ${folders.replaceAll(';', ', ')}: ${killed} of ${all}, ${(100 * killed / all).toFixed(1)} %${late ? `; ${late} of them ran into the time limit` : ''}`, '', ...(found.length ? ['| place | code | mutant that survives |', '| --- | --- | --- |', ...found.sort(), ''] : [])].join('\n');
console.log(out);
if (report) fs.appendFileSync(report, out + '\n');
END
