using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>A thousand requests of every kind. No secret, token, signature or text of a body may appear where it does not belong: on the terminal, in what
/// goes to the collector, in an answer, in a table or in a file.</summary>
public sealed class CanaryTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private const int Requests = 1000;
    private const string Canary = "canary7f3a";

    private readonly HashSet<string> _canaries = [];
    private readonly StringBuilder _answers = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Requests_OfEveryKind_LeaveNoSecretAndNoBodyBehind()
    {
        foreach (var site in world.Jira.Sites.Select(site => site.Options)) _canaries.Add(site.Secret);
        _canaries.Add(PreviousSecret);
        for (var number = 0; number < Requests; number++) await SendAsync(number);
        Assert.Equal(200, await world.StatusAsync("POST", "/api/sites/acme/refresh"));
        Assert.Equal(200, await world.StatusAsync("POST", "/api/sites/globex/recover?minutes=5"));
        await world.Collector.ReadAsync(Token);

        var places = new Dictionary<string, string>
        {
            ["terminal"] = string.Join('\n', world.Terminal),
            ["collector"] = Encoding.Latin1.GetString(world.Collector.Everything()),
            ["answers"] = _answers.ToString(),
            ["tables"] = await TablesAsync(),
            ["files"] = Files(),
        };

        Assert.All(places, place => Assert.NotEmpty(place.Value));
        // Where the bodies belong, they are.
        Assert.Contains(await world.DrainAsync(), message => Encoding.UTF8.GetString(message.GetProperty("body").GetBytesFromBase64()).Contains(Canary, StringComparison.Ordinal));
        Assert.Contains("jira.deliveries.refused", places["collector"], StringComparison.Ordinal);
        Assert.All(_canaries.Append(Canary), canary => Assert.All(places, place => Assert.False(place.Value.Contains(canary, StringComparison.OrdinalIgnoreCase), $"{place.Key}: {canary[..8]}…")));
        Assert.True(_canaries.Count > 300, $"Only {_canaries.Count} canaries were sent.");
    }

    private async Task SendAsync(int number)
    {
        var body = $$"""{"webhookEvent":"jira:issue_updated","issue":{"id":"{{number}}","key":"SHOP-{{number}}","fields":{"summary":"{{Canary}}"} },"number":{{number}} }""";
        var other = $"{Canary}-secret-{number:0000}";
        using var request = (number % 10) switch
        {
            0 => Delivery.To(Initech, body, Noted(Delivery.Hub(world.Site(Initech).Secret, body))),
            1 => Delivery.To(Acme, body, Noted(Delivery.Bearer(world.Site(Acme)))),
            2 => Delivery.To(Globex, body, Noted(Delivery.Connect(world.Site(Globex)))),
            3 => Delivery.To(Initech, body, Noted(Delivery.Hub(other, body))),
            4 => Delivery.To(Acme, body, Noted(Delivery.Bearer(world.Site(Acme), secret: other))),
            5 => Delivery.To(Acme, body, ("Authorization", $"Bearer {Canary}.{Canary}.{Canary}")),
            6 => Delivery.To("nowhere", body, Noted(Delivery.Hub(other, body))),
            7 => Management($"{{\"scheme\":\"Connect\",\"secret\":\"{other}\",\"url\":\"https://{Canary}.example.com/path?x\"}}"),
            8 => Management($"{{\"secret\": {Canary}"),
            _ => new HttpRequestMessage(HttpMethod.Get, $"/api/oauth/callback?state={Canary}{number}&code={Canary}{number}"),
        };
        using var answer = await world.Stranger.SendAsync(request, Token);
        _answers.Append(answer).AppendLine(await answer.Content.ReadAsStringAsync(Token));
    }

    private HttpRequestMessage Management(string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/sites/pied9") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-functions-key", world.Key);
        return request;
    }

    // The signature of a token, or the digest of a body.
    private (string Name, string Value) Noted((string Name, string Value) credential)
    {
        _canaries.Add(credential.Value[(credential.Value.LastIndexOfAny(['.', '=']) + 1)..]);
        return credential;
    }

    private async Task<string> TablesAsync()
    {
        var all = new StringBuilder();
        var service = new TableServiceClient(world.Storage);
        await foreach (var table in service.QueryAsync(cancellationToken: Token))
        {
            var rows = service.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Token);
            await foreach (var row in rows) all.AppendLine(JsonSerializer.Serialize(row.ToDictionary()));
        }

        return all.ToString();
    }

    // Not the grants, which are secrets themselves.
    private string Files() => string.Join('\n', Directory.GetFiles(world.Files, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("node_modules", StringComparison.Ordinal) && !file.Contains("tokens", StringComparison.Ordinal)).Select(File.ReadAllText));
}
