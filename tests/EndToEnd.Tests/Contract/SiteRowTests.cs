using System.Text.Json;

namespace EndToEnd.Tests.Contract;

/// <summary>The rows of sites that come and go while the process runs.</summary>
[Collection<OneProcess>]
public sealed class SiteRowTests(ContractWorld world)
{
    private const string Secret = "a-secret-that-is-long-enough-for-hs256";

    private static readonly object Admin = new { scheme = "AdminWebhook", url = "https://pied.atlassian.net", secret = Secret };

    [Fact(Timeout = Limits.Hang)]
    public async Task Row_OfASite_HoldsAllButItsSecret()
    {
        await world.AssertAnswersAsync(
            ("POST", "/api/sites/hooli1/import", new { key = "app", clientKey = "tenant", sharedSecret = Secret, baseUrl = "https://hooli.atlassian.net", publicKey = "skipped" }, 201),
            ("POST", "/api/sites/hooli1/import", new { key = "app", clientKey = "tenant", sharedSecret = Secret, baseUrl = "https://hooli.atlassian.net" }, 200));
        await world.AssertRowAsync(Names.Table.Sites, "site", "hooli1", "ActiveSince:DateTimeOffset Options:String SecretRevision:String");

        var row = (await world.RowsAsync(Names.Table.Sites, "site")).Single(row => row.RowKey == "hooli1");
        Assert.DoesNotContain(Secret, string.Join(' ', row.Select(column => column.Value)), StringComparison.Ordinal);
        Assert.Equal(
            "AppKey,ClientKey,Scheme,Url",
            string.Join(',', JsonSerializer.Deserialize<JsonElement>(row.GetString("Options")!).EnumerateObject().Where(option => option.Value.ValueKind is JsonValueKind.String)
                .Select(option => option.Name).Order(StringComparer.OrdinalIgnoreCase)), ignoreCase: true);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Row_OfASiteThatIsSwitchedOffAndRemoved_SaysSinceWhen()
    {
        await world.AssertAnswersAsync(("PUT", "/api/sites/pied3", Admin, 201), ("POST", "/api/sites/pied3/disable", new { reason = "moved" }, 200), ("DELETE", "/api/sites/pied3", null, 202));

        await world.AssertRowAsync(
            Names.Table.Sites, "site", "pied3",
            "ActiveSince:DateTimeOffset DisabledReason:String DisabledSince:DateTimeOffset Options:String RemovedAt:DateTimeOffset SecretRevision:String");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Row_OfASiteThatChangesItsApp_KnowsTheFormer()
    {
        object App(string client) => new { scheme = "OAuth", url = "https://pied4.atlassian.net", cloudId = "0a1b2c3d-1111-2222-3333-444455556604", clientId = client, secret = Secret, refreshToken = "token" };
        await world.AssertAnswersAsync(("PUT", "/api/sites/pied4", App("first"), 201), ("PUT", "/api/sites/pied4", App("second"), 200));

        await world.AssertRowAsync(
            Names.Table.Sites, "site", "pied4",
            "ActiveSince:DateTimeOffset FormerClientId:String FormerSecretRevision:String FormerSince:DateTimeOffset Options:String SecretRevision:String");
    }
}
