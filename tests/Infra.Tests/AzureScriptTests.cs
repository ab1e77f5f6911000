using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary><c>tests/azure.sh</c> with stand-ins for Azure: what it does in which order, and that it always deletes what it created.</summary>
public sealed partial class AzureScriptTests
{
    private const string Group = "rg-smoke-1";
    private const string ObjectId = "22222222-2222-2222-2222-222222222222";

    // Prints what az prints for the calls of the script; the group exists from the deployment to its deletion.
    private const string Az = """
        case "$*" in
          $FAILS) echo "az: refused" >&2; [[ $* != *"sub create"* ]] || touch "$HOME/group"; exit 1 ;;
          "account show"*user.type*) echo servicePrincipal ;;
          "account show"*) echo the-subscription ;;
          *"--resource https://servicebus.azure.net --query accessToken"*) echo bus-token ;;
          *"--query accessToken"*) echo "h.$(printf '{"oid":"22222222-2222-2222-2222-222222222222"}' | base64 --wrap 0 | tr -d =).s" ;;
          "group exists"*) if [ -e "$HOME/group" ]; then $EXISTS; else echo false; fi ;;
          "group delete"*) rm "$HOME/group" ;;
          "deployment sub create"*)
            touch "$HOME/group"
            echo "$AZURE_ENV_NAME $AZURE_LOCATION $AZURE_PRINCIPAL_ID $AZURE_PRINCIPAL_TYPE" > "$HOME/parameters"
            jq --null-input --arg url "$URL" '{ functioN_APP_NAME: { value: "func-1" }, FUNCTION_APP_URL: { value: $url }, KEY_VAULT_NAME: { value: "kv-1" },
              SERVICE_BUS_NAMESPACE: { value: "sb-1" }, SERVICE_BUS_TOPIC: { value: "jira-deliveries" } }' ;;
          "functionapp show"*) echo /subscriptions/s/app ;;
          "functionapp function list"*) echo "$FUNCTIONS" | tr ' ' '\n' ;;
          "functionapp keys list"*) echo the-master-key ;;
          "keyvault list"*) echo kv-1 ;;
          "keyvault secret set"*) cat "$(sed 's/.*--file \([^ ]*\).*/\1/' <<< "$*")" > "$HOME/secret" ;;
          "monitor log-analytics workspace list"*) echo 33333333-3333-3333-3333-333333333333 ;;
          *"--method get"*/config/configreferences/appsettings*) echo "$REFERENCES" ;;
          *api.loganalytics.io/v1/workspaces/33333333*) echo "$TIMERS" | tr ' ' '\n' ;;
        esac
        """;

    // The app is there over HTTP; Service Bus is not.
    private const string Curl = """
        if [[ $* != *servicebus.windows.net* ]]; then exec /usr/bin/curl "$@"; fi
        while [ $# -gt 0 ]; do
          case "$1" in
            --header) cat "${2#@}" > "$HOME/authorization" ;;
            --dump-header) printf 'HTTP/1.1 200 OK\r\nBrokerProperties: {"MessageId":"smoke:%s","SequenceNumber":1}\r\n\r\n' "$RECEIVED" > "$2" ;;
            --output) printf '{"issue":{"fields":{"summary":"%s"}}}' "$RECEIVED" > "$2" ;;
          esac
          shift
        done
        printf '%s' "$BUS"
        """;

    // Everything random is the secret that the app knows.
    private static readonly string OpenSsl = $"if [ \"$1\" = rand ]; then echo {FakeApp.Secret}; else exec /usr/bin/openssl \"$@\"; fi";

    [Fact]
    public async Task Azure_OfARightApp_PassesAndDeletesTheGroup()
    {
        await using var app = await FakeApp.StartAsync();
        var script = Azure();

        var run = await RunAsync(script, app);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors);
        Assert.Contains("All checks passed.", run.Output.Split('\n'));
        Assert.Equal($"smoke-1 westeurope {ObjectId} ServicePrincipal", await ReadAsync(script, "parameters"));
        Assert.Equal(FakeApp.Secret, await ReadAsync(script, "secret"));
        Assert.Equal("Authorization: Bearer bus-token", await ReadAsync(script, "authorization"));
        Assert.Equal(
            [
                "az deployment sub create", "func azure functionapp publish func-1 --dotnet-isolated --subscription the-subscription", "az keyvault secret set",
                "az functionapp restart", "az functionapp keys list", "curl", "az group delete --name rg-smoke-1 --yes", "az keyvault purge --name kv-1",
            ],
            Milestones(script));
        Assert.All(
            script.Calls.Where(call => call.StartsWith("az ", StringComparison.Ordinal) && !call.StartsWith("az account show --subscription mine", StringComparison.Ordinal)),
            call => Assert.Contains("--subscription the-subscription", call, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FAILS", "deployment sub create*", "az: refused")]
    [InlineData("FAILS", "functionapp show*", "az: refused")]
    [InlineData("FAILS", "keyvault secret set*", "FAILED: first secret: given up.")]
    [InlineData("FAILS", "functionapp keys list*", "FAILED: master key: given up.")]
    [InlineData("FUNCTIONS", "func-1/WarmUp func-1/RefreshWebhooks", "FAILED: functions are known: given up.")]
    [InlineData("REFERENCES", "AccessToKeyVaultDenied", "FAILED: Key Vault references are resolved: given up.")]
    [InlineData("REFERENCES", "", "FAILED: Key Vault references are resolved: given up.")]
    [InlineData("BUS", "204", "FAILED: delivery read back from jira-deliveries: given up.")]
    [InlineData("RECEIVED", "another", "FAILED: delivery read back from jira-deliveries: given up.")]
    [InlineData("TIMERS", "refresh", "FAILED: both timers have run: given up.")]
    public async Task Azure_WhereAStepFails_SaysWhichAndDeletesTheGroup(string variable, string value, string sentence)
    {
        await using var app = await FakeApp.StartAsync();
        var script = Azure();

        var run = await RunAsync(script, app, (variable, value));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("All checks passed.", run.Output.Split('\n'));
        Assert.Contains(script.Calls, call => call.StartsWith($"az group delete --name {Group} --yes", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(script.Home, "group")));
    }

    [Fact]
    public async Task Azure_OfAWrongApp_FailsAndDeletesTheGroup()
    {
        await using var app = await FakeApp.StartAsync("unknown site", 404);
        var script = Azure();

        var run = await RunAsync(script, app);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED: unknown site: POST /api/deliveries/no-such-site answered 404, expected 401.", run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(script.Home, "group")));
    }

    /// <summary>A group that stays costs money every day.</summary>
    [Fact]
    public async Task Azure_WhereTheGroupIsNotDeleted_IsRedAndSaysHow()
    {
        await using var app = await FakeApp.StartAsync();

        var run = await RunAsync(Azure(), app, ("FAILS", "group delete*"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"FAILED: {Group} may still exist and cost money: az group delete --subscription the-subscription --name {Group}", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azure_ThatCannotAskWhetherTheGroupExists_DeletesItAllTheSame()
    {
        await using var app = await FakeApp.StartAsync();
        var script = Azure();

        await RunAsync(script, app, ("EXISTS", "exit 1"));

        Assert.False(File.Exists(Path.Combine(script.Home, "group")));
    }

    [Fact]
    public async Task Azure_WhereTheGroupExistsBefore_ChangesNothing()
    {
        await using var app = await FakeApp.StartAsync();
        var script = Azure();
        await File.WriteAllTextAsync(Path.Combine(script.Home, "group"), "", TestContext.Current.CancellationToken);

        var run = await RunAsync(script, app);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"FAILED: Resource group {Group} exists already: choose another SMOKE_NAME.\n", run.Errors);
        Assert.DoesNotContain(script.Calls, call => call.Contains("delete", StringComparison.Ordinal) || call.Contains("create", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData("mine")]
    public async Task Azure_WithoutSubscriptionAndLocation_ShowsItsUsage(params string[] arguments)
    {
        var run = await Script.OfFile("tests/azure.sh", arguments).RunAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("tests/azure.sh SUBSCRIPTION LOCATION", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>The template accepts what the script deploys, and gives it what the script relies on.</summary>
    [Fact]
    public async Task Parameters_OfTheScript_GiveASiteAReaderAndFrequentTimersAndNoLock()
    {
        var parameters = Environment().Replace(Repository.Read("tests/azure.bicepparam"), read => read.Value.Contains("PRINCIPAL_TYPE", StringComparison.Ordinal) ? "'User'" : $"'{ObjectId}'");

        var plan = await Snapshot.OfAsync(parameters.Split("\nparam ")[1..]);

        var settings = plan.AppSettings();
        Assert.Equal("AdminWebhook", settings["Sites__smoke__Scheme"]);
        Assert.EndsWith("/secrets/smoke-secret)", settings["Sites__smoke__Secret"], StringComparison.Ordinal);
        Assert.Equal(["0 */5 * * * *", "0 */5 * * * *"], [settings["RefreshSchedule"], settings["PollSchedule"]]);
        Assert.Equal(
            ["containers", "namespaces", "vaults"],
            plan.OfType("Microsoft.Authorization/roleAssignments").Where(role => role.Text("properties.principalId") == ObjectId)
                .Select(role => role.Text("id").Split("/providers/Microsoft.Authorization/")[0].Split('/')[^2]).Order());
        Assert.Empty(plan.OfType("Microsoft.Authorization/locks"));
    }

    [GeneratedRegex("readEnvironmentVariable.*")]
    private static partial Regex Environment();

    private static Script Azure() => Script.OfFile("tests/azure.sh", "mine", "westeurope")
        .With("az", Az).With("func", "exit 0").With("curl", Curl).With("openssl", OpenSsl).With("sleep", "exit 0");

    private static Task<Bicep.Run> RunAsync(Script script, FakeApp app, params (string Name, string Value)[] variables) => script.RunAsync(
        [
            ("SMOKE_NAME", "smoke-1"), ("URL", app.Address), ("FAILS", "no call"), ("EXISTS", "echo true"), ("FUNCTIONS", "func-1/RefreshWebhooks func-1/PollFailedWebhooks"),
            ("REFERENCES", "Resolved"), ("BUS", "200"), ("RECEIVED", FakeApp.Secret), ("TIMERS", "poll refresh"), .. variables,
        ]);

    // The calls that change something, in order, without their other arguments; of curl the one to Service Bus.
    private static IEnumerable<string> Milestones(Script script)
    {
        string[] known =
        [
            "az deployment sub create", "func azure functionapp publish func-1 --dotnet-isolated --subscription the-subscription", "az keyvault secret set",
            "az functionapp restart", "az functionapp keys list", "az group delete --name rg-smoke-1 --yes", "az keyvault purge --name kv-1",
        ];
        return script.Calls
            .Select(call => call.Contains("/jira-deliveries/subscriptions/default/messages/head", StringComparison.Ordinal) ? "curl" : known.FirstOrDefault(call.StartsWith))
            .OfType<string>();
    }

    private static async Task<string> ReadAsync(Script script, string file) =>
        (await File.ReadAllTextAsync(Path.Combine(script.Home, file), TestContext.Current.CancellationToken)).Trim();
}
