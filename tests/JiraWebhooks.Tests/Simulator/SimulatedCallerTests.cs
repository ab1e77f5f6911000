using System.Net.Http.Headers;
using JiraSimulator;
using static JiraWebhooks.Tests.Simulator.SimulatorHarness;

namespace JiraWebhooks.Tests.Simulator;

/// <summary>Who may call the simulated operations.</summary>
[Collection<Clocked>]
public sealed class SimulatedCallerTests : IAsyncLifetime
{
    private SimulatorHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("PUT", "/refresh")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/failed")]
    [Trait("Rule", "only-apps")]
    public async Task Operation_CallerIsAUser_Is403(string method, string operation)
    {
        foreach (var slug in new[] { Acme, Globex })
        {
            foreach (var credential in new AuthenticationHeaderValue[] { new("Basic", "YWRhQGV4YW1wbGUuY29tOnRva2Vu"), new("Bearer", _harness.Site(slug).Options.UserToken) })
            {
                var answer = await _harness.SendAsync(method, _harness.Base(slug) + Operations + operation, credential, method == "GET" ? null : "no webhook");

                Assert.Equal(403, answer.Status);
                Assert.Null(Schema.ErrorCollection.Error(answer.Json));
            }
        }
    }

    /// <summary>Version 3 of Jira's API has rich text as documents.</summary>
    [Theory]
    [InlineData(2, "\"text\"")]
    [InlineData(3, "{\"type\":\"doc\",\"version\":1,\"content\":[{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"text\"}]}]}")]
    public async Task Search_CallerIsAUser_IsAnsweredInTheFormOfTheVersion(int version, string description)
    {
        const string Body = """{"jql":"(project = A) AND updated >= \"-5m\" ORDER BY updated ASC"}""";
        _harness.Jira.Emit("globex", "jira:issue_updated", """{"issue":{"id":"1","fields":{"description":"text"} } }""");

        var answer = await _harness.SendAsync("POST", $"/sites/globex/rest/api/{version}/search/jql", new("Basic", "YWRhOnRva2Vu"), Body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(description, answer.Json.GetProperty("issues")[0].GetProperty("fields").GetProperty("description").GetRawText());
    }

    [Theory]
    [InlineData("/sites/globex")]
    [InlineData("/ex/jira/CLOUD")]
    [Trait("Rule", "only-apps")]
    public async Task Operation_CallerIsUnknown_Is401(string address)
    {
        var url = address.Replace("CLOUD", _harness.Site(Acme).Options.CloudId, StringComparison.Ordinal) + Operations;

        Assert.Equal(401, (await _harness.SendAsync("GET", url, null)).Status);
        Assert.Equal(401, (await _harness.SendAsync("GET", url, new("Bearer", "unknown"))).Status);
    }

    /// <summary>The schema lists OAuth scopes for the failed list; its text says Connect apps only.</summary>
    [Fact]
    [Trait("Rule", "forbidden")]
    public async Task Failed_CallerIsAnOAuthApp_Is403() => Assert.Equal(403, (await _harness.CallAsync(Acme, "GET", Operations + "/failed")).Status);

    [Theory]
    [InlineData(3600, 401)]
    [InlineData(31, 401)]
    [InlineData(30, 200)]
    [InlineData(-3600, 200)]
    [Trait("Rule", "connect-calls")]
    public async Task ConnectCall_CreatedAtAnotherTime_IsRefusedIfInTheFuture(int seconds, int status)
    {
        var credential = _harness.Connect("GET", Operations, iat: _harness.Clock.GetUtcNow().ToUnixTimeSeconds() + seconds);

        Assert.Equal(status, (await _harness.SendAsync("GET", "/sites/globex" + Operations, credential)).Status);
    }

    [Fact]
    [Trait("Rule", "connect-calls")]
    public async Task ConnectCall_WithoutATimeOfCreation_Is401()
    {
        Assert.Equal(401, (await _harness.SendAsync("GET", "/sites/globex" + Operations, _harness.Connect("GET", Operations, hasIat: false))).Status);
        Assert.Equal(401, (await _harness.SendAsync("GET", "/sites/globex" + Operations, _harness.Connect("GET", Operations, iat: "now"))).Status);
    }

    /// <summary>atlassian-jwt leaves out the path of the base URL if it is told the base URL; other clients hash the whole path.</summary>
    [Theory]
    [InlineData("", "/sites/globex", 200)]
    [InlineData("/sites/globex", "/sites/globex", 200)]
    [InlineData("/sites/acme", "/sites/globex", 401)]
    [InlineData("/sites", "/sites/globex", 401)]
    [Trait("Rule", "connect-calls")]
    public async Task ConnectCall_BaseUrlWithAPath_TakesTheHashesOfRealClients(string hashed, string address, int status)
    {
        const string Query = "?startAt=0&maxResults=5";

        Assert.Equal(status, (await _harness.SendAsync("GET", address + Operations + Query, _harness.Connect("GET", Operations + Query, hashed))).Status);
        Assert.Equal(401, (await _harness.SendAsync("GET", address + Operations + "?startAt=1", _harness.Connect("GET", Operations + Query, hashed))).Status);
    }

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_EveryVectorOfAtlassiansLibrary_Agrees()
    {
        var vectors = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Jira", "qsh-vectors.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();

        Assert.Equal(78, vectors.Count);
        Assert.All(vectors, vector => Assert.Equal(vector[3], Signatures.QueryHash(vector[0], vector[1], vector[2])));
    }
}
