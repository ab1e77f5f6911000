using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

public sealed class DeclaredWebhookValidatorTests
{
    [Theory]
    [InlineData("project = SHOP")]
    [InlineData("project = SHOP && !(status = Done || issuetype = Bug)")]
    [InlineData("summary ~ whatever")]
    [InlineData("((((")]
    public void Problem_AnyFilter_IsLeftToJira(string jql) => Assert.Null(DeclaredWebhookValidator.Problem(With(jql)));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Problem_EmptyFilter_IsNamed(string jql) => Assert.Contains("Jql is empty", DeclaredWebhookValidator.Problem(With(jql)), StringComparison.Ordinal);

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("jira:issue_created", " ")]
    [Trait("Rule", "check-before-register")]
    public void Problem_NoEvents_IsNamed(params string[] events) =>
        Assert.Contains("Events", DeclaredWebhookValidator.Problem(new DeclaredWebhook("mine", events, "project = SHOP")), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://hooks.example.com/api/deliveries/acme")]
    [InlineData("https://hooks.example.com:8443/api/deliveries/acme")]
    [InlineData("https://hooks.example.com:1885/x")]
    [Trait("Rule", "check-before-register")]
    public void Problem_AddressJiraDeliversTo_IsNone(string url) => Assert.Null(DeclaredWebhookValidator.Problem(new Uri(url), StubSites.OAuth));

    [Theory]
    [InlineData("http://hooks.example.com/x", "https")]
    [InlineData("https://localhost/x", "this machine")]
    [InlineData("http://localhost:7071/x", "this machine")]
    [InlineData("https://hooks.example.com:80/x", "port 80")]
    [InlineData("https://hooks.example.com:9999/x", "port 9999")]
    [InlineData("https://hooks.example.com/x?site=acme", "query")]
    [InlineData("https://hooks.example.com/x#a", "fragment")]
    [InlineData("https://hooks.example.com/x?", "query")]
    [InlineData("https://user@hooks.example.com/x", "user info")]
    [Trait("Rule", "check-before-register")]
    public void Problem_AddressJiraRefuses_IsNamed(string url, string words) =>
        Assert.Contains(words, DeclaredWebhookValidator.Problem(new Uri(url), StubSites.OAuth), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:7071/x", "http://localhost:5000", true)]
    [InlineData("http://localhost:7071/x", "https://acme.atlassian.net", false)]
    [InlineData("http://hooks.example.com/x", "http://localhost:5000", false)]
    [Trait("Rule", "check-before-register")]
    public void Problem_AddressOfThisMachine_IsOnlyForASimulatorHere(string callback, string api, bool accepted) =>
        Assert.Equal(accepted, DeclaredWebhookValidator.Problem(new Uri(callback), StubSites.OAuth with { ApiUrl = new Uri(api) }) is null);

    private static DeclaredWebhook With(string jql) => new("mine", ["jira:issue_created"], jql);
}
