#!/usr/bin/env bash
# Deploys the app to Azure as docs/deploy.md describes, into a new resource group, checks it there, and deletes the group.
set -euo pipefail

usage() {
  cat >&2 << 'TEXT'
Usage: [SMOKE_NAME=smoke-...] tests/azure.sh SUBSCRIPTION LOCATION

Sign in first (az login), as Owner of the subscription. Needs az, func, dotnet, curl, openssl and jq, and about 40 minutes.
It creates the resource group rg-SMOKE_NAME (default: a random name) and deletes it with all its resources, also after a failure.
TEXT
  exit 2
}

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# eventually TRIES WHAT COMMAND...: retries, because roles, names and functions need minutes to become active in Azure.
eventually() {
  local tries=$1 what=$2
  shift 2
  echo "== $what"
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "$what: given up."
    sleep 30
  done
}

az() { command az "$@" --subscription "$subscription" --only-show-errors; }

[ $# -eq 2 ] || usage
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for tool in az func dotnet curl openssl jq; do
  type -P "$tool" > /dev/null || fail "$tool is missing."
done

subscription=$(command az account show --subscription "$1" --query id --output tsv)
location=$2
name=${SMOKE_NAME:-smoke-$(openssl rand -hex 4)}
group=rg-$name
secret=$(openssl rand -hex 32)
delivery=$(openssl rand -hex 16)
umask 077
work=$(mktemp -d)

[ "$(az group exists --name "$group")" = false ] || fail "Resource group $group exists already: choose another SMOKE_NAME."

# shellcheck disable=SC2317 # called by the trap
clean_up() {
  local code=$? exists vault=
  trap '' INT TERM HUP
  rm -rf "$work"
  echo "== delete $group"
  # A running deployment would create the resources again. This fails if it has ended.
  az deployment sub cancel --name "$name" > /dev/null 2>&1 || true
  exists=$(az group exists --name "$group") || exists=unknown
  if [ "$exists" != false ]; then
    vault=$(az keyvault list --resource-group "$group" --query "[0].name" --output tsv) || true
    if ! az group delete --name "$group" --yes; then
      echo "FAILED: $group may still exist and cost money: az group delete --subscription $subscription --name $group" >&2
      code=1
    fi
  fi
  # Azure keeps these after the group is deleted: the vault's name for 90 days, and the record of the deployment.
  if [ -n "$vault" ]; then az keyvault purge --name "$vault" --location "$location" --no-wait || true; fi
  az deployment sub delete --name "$name" > /dev/null 2>&1 || true
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# With a sign-in from GitHub, az can get new tokens for only five minutes, but caches those it has:
# https://github.com/Azure/azure-cli/issues/28708
for resource in https://vault.azure.net https://servicebus.azure.net https://api.loganalytics.io; do
  az account get-access-token --resource "$resource" --output none
done

# The token has the object id of a user or a service principal. Reading it needs no permission on the directory.
AZURE_PRINCIPAL_ID=$(az account get-access-token --query accessToken --output tsv \
  | jq --raw-input --raw-output --exit-status 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .oid')
case $(az account show --query user.type --output tsv) in
  user) AZURE_PRINCIPAL_TYPE=User ;;
  *) AZURE_PRINCIPAL_TYPE=ServicePrincipal ;;
esac
AZURE_ENV_NAME=$name AZURE_LOCATION=$location
export AZURE_ENV_NAME AZURE_LOCATION AZURE_PRINCIPAL_ID AZURE_PRINCIPAL_TYPE

echo "== provision $group"
outputs=$(az deployment sub create --name "$name" --location "$location" --parameters tests/azure.bicepparam --query properties.outputs --output json)
# Azure changes the case of their names: https://github.com/Azure/azure-dev/issues/512
output() { jq --exit-status --raw-output --arg name "$1" 'to_entries[] | select((.key | ascii_upcase) == $name) | .value.value' <<< "$outputs"; }
app=$(output FUNCTION_APP_NAME)
url=$(output FUNCTION_APP_URL)
vault=$(output KEY_VAULT_NAME)
namespace=$(output SERVICE_BUS_NAMESPACE)
topic=$(output SERVICE_BUS_TOPIC)
resource=https://management.azure.com$(az functionapp show --resource-group "$group" --name "$app" --query id --output tsv)
workspace=$(az monitor log-analytics workspace list --resource-group "$group" --query "[0].customerId" --output tsv)

publish() { (cd src/FunctionsApp && func azure functionapp publish "$app" --dotnet-isolated --subscription "$subscription" < /dev/null); }
eventually 10 "publish" publish

functions_are_known() {
  local functions
  az rest --method post --url "$resource/host/default/sync?api-version=2024-11-01" --output none || echo "This sync failed."
  functions=$(az functionapp function list --resource-group "$group" --name "$app" --query "[].name" --output tsv) || return 1
  grep --quiet '/RefreshWebhooks$' <<< "$functions" && grep --quiet '/PollFailedWebhooks$' <<< "$functions"
}
eventually 20 "functions are known" functions_are_known

put_secret() { az keyvault secret set --vault-name "$vault" --name smoke-secret --file "$work/secret" --encoding utf-8 --output none; }
printf '%s' "$secret" > "$work/secret"
eventually 20 "first secret" put_secret

references_are_resolved() {
  local statuses
  az rest --method post --url "$resource/config/configreferences/appsettings/refresh?api-version=2022-03-01" --output none || return 1
  statuses=$(az rest --method get --url "$resource/config/configreferences/appsettings?api-version=2022-03-01" --query "value[].properties.status" --output tsv) || return 1
  [ "$(sort -u <<< "$statuses")" = Resolved ]
}
eventually 20 "Key Vault references are resolved" references_are_resolved
az functionapp restart --resource-group "$group" --name "$app"

read_key() { key=$(az functionapp keys list --resource-group "$group" --name "$app" --query masterKey --output tsv) && [ -n "$key" ]; }
eventually 20 "master key" read_key

smoke() { FUNCTIONS_KEY=$key SMOKE_SITE=smoke SMOKE_SECRET=$secret SMOKE_DELIVERY=$delivery SMOKE_WAIT=300 tests/smoke.sh "$url"; }
eventually 10 "smoke" smoke

# Receive and delete: https://learn.microsoft.com/rest/api/servicebus/receive-and-delete-message-destructive-read
delivery_is_on_the_topic() {
  local status
  status=$(curl --silent --show-error --max-time 90 --request DELETE --header "@$work/bus" --data '' --dump-header "$work/headers" --output "$work/message" \
    --write-out '%{http_code}' "https://$namespace.servicebus.windows.net/$topic/subscriptions/default/messages/head?timeout=30") || return 1
  if [ "$status" != 200 ]; then
    echo "Service Bus answered $status."
    return 1
  fi
  grep --ignore-case '^BrokerProperties:' "$work/headers" | cut -d: -f2- | jq --exit-status --arg id "smoke:$delivery" '.MessageId == $id' > /dev/null \
    && jq --exit-status --arg delivery "$delivery" '.issue.fields.summary == $delivery' "$work/message" > /dev/null
}
printf 'Authorization: Bearer %s' "$(az account get-access-token --resource https://servicebus.azure.net --query accessToken --output tsv)" > "$work/bus"
eventually 20 "delivery read back from $topic" delivery_is_on_the_topic

# The 202 above does not show that a run has ended. Its metrics do; they are in Log Analytics some minutes later.
timers_have_run() {
  local query runs
  query=$(jq --null-input --compact-output '{ query: "AppMetrics | where Name == '\''jira.timer.runs'\'' | distinct Timer = tostring(Properties.timer)" }')
  runs=$(az rest --method post --url "https://api.loganalytics.io/v1/workspaces/$workspace/query" --resource https://api.loganalytics.io \
    --headers Content-Type=application/json --body "$query" --query "tables[0].rows[]" --output tsv) || return 1
  grep --quiet --line-regexp refresh <<< "$runs" && grep --quiet --line-regexp poll <<< "$runs"
}
eventually 40 "both timers have run" timers_have_run

echo "All checks passed."
