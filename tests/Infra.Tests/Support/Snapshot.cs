using System.Collections.Concurrent;
using System.Text.Json;

namespace Infra.Tests.Support;

/// <summary>The resources a deployment would make, predicted by <c>bicep snapshot</c> without Azure
/// (<see href="https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli#snapshot"/>).
/// What only Azure knows stays an expression in brackets, but for the addresses of the public cloud.</summary>
internal sealed class Snapshot
{
    public const string SubscriptionId = "00000000-0000-0000-0000-000000000001";

    private static readonly ConcurrentDictionary<string, Lazy<Task<Snapshot>>> Known = new(StringComparer.Ordinal);

    private readonly JsonElement _root;

    private Snapshot(JsonElement root) => _root = root;

    public IReadOnlyList<JsonElement> Resources => [.. _root.GetProperty("predictedResources").EnumerateArray()];

    /// <summary>Who reads the subscriptions in <see cref="FullAsync"/>.</summary>
    public const string Consumer = "11111111-1111-1111-1111-111111111111";

    /// <summary>Who puts the first secrets in in <see cref="FullAsync"/>.</summary>
    public const string Deployer = "22222222-2222-2222-2222-222222222222";

    /// <summary>Every switch at its default.</summary>
    public static Task<Snapshot> DefaultAsync() => OfAsync();

    /// <summary>Premium without a private network: what belongs to the one must not hang on the other.</summary>
    public static Task<Snapshot> PremiumAsync() => OfAsync("serviceBusSku = 'Premium'");

    /// <summary>Every switch thrown, and the longest environment name.</summary>
    public static Task<Snapshot> FullAsync() => OfAsync(
        $"environmentName = '{new string('n', 64)}'",
        "privateNetwork = true",
        "filteredSubscription = true",
        "sessionSubscription = true",
        $"consumerPrincipalIds = ['{Consumer}']",
        "consumerPrincipalType = 'Group'",
        $"deployerPrincipalId = '{Deployer}'",
        "deployerPrincipalType = 'ServicePrincipal'",
        "keyVaultPurgeProtection = true",
        "alwaysReadyHttpInstances = 1",
        "allowedAddressRanges = ['203.0.113.0/24', '198.51.100.7/32', '2001:db8::/32']",
        "operatorAddressRanges = ['192.0.2.44/32']",
        "tags = { 'cost-center': '42' }",
        "alertEmail = 'oncall@example.com'",
        "actionGroupIds = ['/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/ours']",
        "publicBaseUrl = 'https://hooks.example.com'",
        "takeOver = true",
        "siteSettings = { Sites__acme__Url: 'https://acme.atlassian.net', Sites__acme__Webhooks__issues__Events__0: 'jira:issue_created', Webhooks__issues__Jql: 'project != EMPTY', OAuthClientId: 'client' }",
        "siteSecretNames = { Sites__acme__Secret: 'acme-client-secret', OAuthClientSecret: 'app-client-secret', OAuthPreviousClientSecret: 'app-client-secret-before' }");

    /// <summary>Predicts main.bicep with <paramref name="parameters"/> (lines of a .bicepparam file); one run per set of parameters.</summary>
    public static Task<Snapshot> OfAsync(params string[] parameters) =>
        Known.GetOrAdd(string.Join('\n', parameters), _ => new(() => PredictAsync(parameters))).Value;

    /// <summary>Why a deployment with <paramref name="parameters"/> would be refused.</summary>
    public static async Task<string> FailureAsync(params string[] parameters)
    {
        var answer = await AskAsync(await WriteAsync(parameters));
        Assert.True(answer.TryGetProperty("error", out var error), "The parameters were expected to fail, and passed.");
        return error.Text("message");
    }

    /// <summary>What the compiler finds in <paramref name="parameters"/> before it comes to that.</summary>
    public static async Task<string> DiagnosticsAsync(params string[] parameters) =>
        (await Bicep.RunAsync("build-params", await WriteAsync(parameters), "--stdout")).Errors;

    public IReadOnlyList<JsonElement> OfType(string type) => [.. Resources.Where(resource => resource.GetProperty("type").GetString() == type)];

    public JsonElement Single(string type) => Assert.Single(OfType(type));

    public JsonElement Named(string type, string name) => Assert.Single(OfType(type), resource => resource.GetProperty("name").GetString() == name);

    /// <summary>The app settings of the function app.</summary>
    public IReadOnlyDictionary<string, string> AppSettings() =>
        Single("Microsoft.Web/sites").At("properties.siteConfig.appSettings").EnumerateArray()
            .ToDictionary(setting => setting.GetProperty("name").GetString()!, setting => setting.GetProperty("value").GetString()!);

    private static async Task<Snapshot> PredictAsync(string[] parameters)
    {
        var answer = await AskAsync(await WriteAsync(parameters));
        Assert.True(answer.TryGetProperty("result", out var result), $"bicep snapshot failed: {answer}");
        using var json = JsonDocument.Parse(PublicCloud.Resolve(result.Text("snapshot")));
        return new Snapshot(json.RootElement.Clone());
    }

    private static Task<JsonElement> AskAsync(string file) => BicepServer.CallAsync("bicep/getSnapshot", new
    {
        path = file,
        metadata = new
        {
            tenantId = "00000000-0000-0000-0000-000000000002",
            subscriptionId = SubscriptionId,
            resourceGroup = (string?)null,
            location = "westeurope",
            deploymentName = "test",
        },
        externalInputs = Array.Empty<object>(),
    });

    private static async Task<string> WriteAsync(string[] parameters)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "snapshots", Guid.NewGuid().ToString("N"))).FullName;
        var template = Path.GetRelativePath(folder, Repository.PathTo("infra/main.bicep")).Replace('\\', '/');
        var file = Path.Combine(folder, "main.bicepparam");
        var needed = new[] { "environmentName = 'test'", "location = 'westeurope'" }
            .Where(line => !parameters.Any(given => given.StartsWith(line.Split(' ')[0], StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(file, [$"using '{template}'", .. needed.Concat(parameters).Select(line => $"param {line}")]);
        return file;
    }
}
