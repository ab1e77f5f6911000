#!/usr/bin/env bash
# Checks a running app over HTTP: LocalHost, the Functions host on this machine, or Azure.
set -euo pipefail

usage() {
  cat >&2 << 'TEXT'
Usage: [FUNCTIONS_KEY=...] [SMOKE_SITE=smoke] [SMOKE_SECRET=smoke-test-secret] tests/smoke.sh BASE_URL

Sends one signed delivery to BASE_URL, two that must be refused, and starts both timers. Stops at the first unexpected answer.
The app needs a site SMOKE_SITE with scheme AdminWebhook and secret SMOKE_SECRET. If the app is public, choose your own secret.
  FUNCTIONS_KEY   the app's master key; LocalHost stores it in .local/key, and "func start" needs none
  SMOKE_DELIVERY  the delivery's identifier (default: random)
  SMOKE_WAIT      seconds to wait until the app is healthy (default: 60)
TEXT
  exit 2
}

[ $# -eq 1 ] || usage
base=${1%/}
site=${SMOKE_SITE:-smoke}
secret=${SMOKE_SECRET:-smoke-test-secret}
delivery=${SMOKE_DELIVERY:-$(openssl rand -hex 16)}
patience=${SMOKE_WAIT:-60}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# request METHOD PATH [CURL OPTION...]: prints the status of the answer and writes its body to $work/answer.
request() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --max-time 60 --output "$work/answer" --write-out '%{http_code}' --request "$method" "$@" "$base$path" 2> "$work/error" \
    || fail "$method $path got no answer: $(cat "$work/error")"
}

# expect CHECK STATUS METHOD PATH [CURL OPTION...]
expect() {
  local check=$1 expected=$2 status
  shift 2
  status=$(request "$@")
  [ "$status" = "$expected" ] || fail "$check: $1 $2 answered $status, expected $expected."
  echo "ok: $check: $status"
}

# deliver CHECK STATUS SITE SECRET
deliver() {
  local digest
  digest=$(openssl dgst -sha256 -hmac "$4" -r < "$work/delivery")
  expect "$1" "$2" POST "/api/deliveries/$3" --data-binary "@$work/delivery" --header 'Content-Type: application/json' \
    --header "X-Hub-Signature: sha256=${digest%% *}" --header "X-Atlassian-Webhook-Identifier: $delivery"
}

# timer FUNCTION
timer() {
  local path="/admin/functions/$1"
  if [ -n "${FUNCTIONS_KEY:-}" ]; then
    expect "$1 without a key" 401 POST "$path" --header 'Content-Type: application/json' --data '{}'
  fi
  # The key is in a file: other users of the machine can read a command's arguments.
  expect "$1" 202 POST "$path" --header 'Content-Type: application/json' --data '{}' --header "@$work/key"
}

# The Functions host answers 404 and 503 while it starts.
until status=$(curl --silent --max-time 10 --output "$work/answer" --write-out '%{http_code}' "$base/api/health") && [ "$status" = 200 ]; do
  [ "$SECONDS" -lt "$patience" ] || fail "health: GET /api/health answered ${status/000/nothing} after $patience s, expected 200."
  sleep 1
done
jq --exit-status '.status == "ok"' "$work/answer" > /dev/null 2>&1 || fail 'health: GET /api/health answered 200 without {"status":"ok"}.'
echo "ok: health: 200"

jq --null-input --compact-output --arg delivery "$delivery" --argjson now "$(date +%s)" '{
  timestamp: ($now * 1000),
  webhookEvent: "jira:issue_updated",
  issue: { id: "10001", key: "SMOKE-1", fields: { summary: $delivery } }
}' > "$work/delivery"
printf '%s' "${FUNCTIONS_KEY:+x-functions-key: $FUNCTIONS_KEY}" > "$work/key"

deliver "right signature" 200 "$site" "$secret"
deliver "wrong signature" 401 "$site" "not-$secret"
deliver "unknown site" 401 no-such-site "$secret"
timer RefreshWebhooks
timer PollFailedWebhooks
echo "All checks passed. Delivery: $delivery"
