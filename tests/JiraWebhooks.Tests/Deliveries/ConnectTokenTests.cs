using JiraWebhooks.Deliveries;
using JiraWebhooks.Jira;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>A site's last hash is stored. A stored hash of another request would accept a token that was made for that request.</summary>
public sealed class ConnectTokenTests
{
    private static readonly Uri Root = new("https://app.example");

    [Theory]
    [InlineData("POST", "/api/deliveries/globex", "", "https://app.example")]
    [InlineData("POST", "/api/deliveries/GLOBEX", "", "https://app.example")]
    [InlineData("POST", "/api/deliveries/globex", "/evil", "https://app.example")]
    [InlineData("PUT", "/api/deliveries/globex", "", "https://app.example")]
    [InlineData("POST", "/api/deliveries/globex", "", "https://app.example/api")]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_AfterAnotherRequestOfTheSite_IsThatOfThisRequest(string method, string path, string pathBase, string publicBaseUrl)
    {
        var site = StubSites.Connect with { Id = "globex" };
        var baseUrl = new Uri(publicBaseUrl);

        ConnectToken.QueryHash(Request("POST", "/api/deliveries/other"), site, Root);
        var hash = ConnectToken.QueryHash(Request(method, path, pathBase), site, baseUrl);
        var repeated = ConnectToken.QueryHash(Request(method, path, pathBase), site, baseUrl);
        var ofRoot = ConnectToken.QueryHash(Request("POST", "/api/deliveries/globex"), site, Root);
        var again = ConnectToken.QueryHash(Request(method, path, pathBase), site, baseUrl);

        var expected = QueryStringHash.Compute(method, path, null, baseUrl.AbsolutePath);
        Assert.Equal(expected, hash);
        Assert.Equal(expected, repeated);
        Assert.Equal(expected, again);
        Assert.Equal(QueryStringHash.Compute("POST", "/api/deliveries/globex"), ofRoot);
    }

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_SamePathWithAQuery_IsNotTheStoredOne()
    {
        var request = Request("POST", "/api/deliveries/globex");
        var stored = ConnectToken.QueryHash(request, StubSites.Connect, Root);
        request.QueryString = new QueryString("?a=1");

        Assert.NotEqual(stored, ConnectToken.QueryHash(request, StubSites.Connect, Root));
    }

    private static HttpRequest Request(string method, string path, string pathBase = "")
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path, request.PathBase) = (method, path, pathBase);
        return request;
    }
}
