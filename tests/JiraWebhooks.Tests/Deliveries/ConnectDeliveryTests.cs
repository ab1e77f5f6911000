using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class ConnectDeliveryTests
{
    private const string Path = "/api/deliveries/globex";
    private ReceiverHarness _harness = new();

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_TokenInTheHeader_Is200() => Assert.Equal(200, await SendAsync(_harness.Request(StubSites.Connect)));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_TokenInTheQuery_Is200()
    {
        var context = _harness.Request("globex");
        context.Request.QueryString = new($"?jwt={TestTokens.Connect(Now, Path)}");

        Assert.Equal(200, await SendAsync(context));
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_TwoTokensInTheQuery_Is401()
    {
        var context = _harness.Request("globex");
        var token = TestTokens.Connect(Now, Path);
        context.Request.QueryString = new($"?jwt={token}&jwt={token}");

        Assert.Equal(401, await SendAsync(context));
    }

    [Theory]
    [InlineData("?b=2&a=1", "a=1&b=2", 200)]
    [InlineData("?b=2&a=1", "", 401)]
    [InlineData("", "a=1&b=2", 401)]
    [InlineData("?user=admin", "user=mia", 401)]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_Query_IsBoundByTheToken(string query, string signedQuery, int expected)
    {
        var context = _harness.Request("globex");
        context.Request.QueryString = new(query);
        context.Request.Headers.Authorization = $"JWT {TestTokens.Connect(Now, Path, signedQuery)}";

        Assert.Equal(expected, await SendAsync(context));
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_TokenMadeForAnotherSitesPath_Is401()
    {
        var twin = StubSites.Connect with { Id = "twin" };
        _harness.Sites.Sites.Add(twin);
        var context = _harness.Request("twin");
        context.Request.Headers.Authorization = $"JWT {TestTokens.Connect(Now, Path)}";

        Assert.Equal(401, await SendAsync(context));
    }

    [Theory]
    [InlineData("/deep/base", "/deep/base/api/deliveries/globex", "", 200)]
    [InlineData("/deep/base/", "/deep/base/api/deliveries/globex", "", 200)]
    [InlineData("/deep/base", "/api/deliveries/globex", "/deep/base", 200)]
    [InlineData("/deep/base", "/api/deliveries/globex", "", 200)]
    [InlineData("/deep", "/deeper/api/deliveries/globex", "", 401)]
    [Trait("Decision", "take-over")]
    public async Task ReceiveAsync_PublicBaseUrlWithAPath_IsNoPartOfTheHash(string basePath, string path, string pathBase, int expected)
    {
        _harness = new ReceiverHarness { Options = _harness.Options with { PublicBaseUrl = new Uri("https://hooks.example.com" + basePath) } };
        var context = _harness.Request("globex");
        context.Request.Path = path;
        context.Request.PathBase = pathBase;
        context.Request.Headers.Authorization = $"JWT {TestTokens.Connect(Now, Path)}";

        Assert.Equal(expected, await SendAsync(context));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_Method_IsBoundByTheToken(string method)
    {
        Assert.Equal(200, await SendAsync(_harness.Request(StubSites.Connect)));
        var context = _harness.Request(StubSites.Connect);
        context.Request.Method = method;

        Assert.Equal(401, await SendAsync(context));
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task ReceiveAsync_PreviousSecret_StillVerifies()
    {
        var context = _harness.Request("globex");
        context.Request.Headers.Authorization = $"JWT {TestTokens.Connect(Now, Path, secret: StubSites.PreviousSecret)}";

        Assert.Equal(200, await SendAsync(context));
    }

    private async Task<int> SendAsync(HttpContext context) => (await _harness.SendAsync(context)).Status;
}
