using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Tests.Sites;

public sealed class ConfiguredSitesTests
{
    private static readonly JiraWebhooksOptions Options = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    private static readonly Dictionary<string, string?> OAuthSite = new()
    {
        ["Sites:acme:Url"] = "https://acme.atlassian.net/",
        ["Sites:acme:Scheme"] = "OAuth",
        ["Sites:acme:CloudId"] = "11111111-2222-3333-4444-555555555555",
        ["Sites:acme:ClientId"] = "client",
        ["Sites:acme:Secret"] = "the-client-secret",
        ["Sites:acme:Webhooks:issues:Events:0"] = "jira:issue_updated",
        ["Sites:acme:Webhooks:issues:Jql"] = "project != EMPTY",
    };

    [Fact]
    public void Find_CompleteOAuthSite_HasNoProblemAndCallsTheGateway()
    {
        var site = Find("acme", OAuthSite);

        Assert.NotNull(site);
        Assert.Null(site.Problem);
        Assert.Equal("https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555", site.ApiUrl.AbsoluteUri);
        Assert.Equal("acme", site.Grant);
        var declared = Assert.Single(site.Webhooks);
        Assert.Equal("issues", declared.Name);
        Assert.Equal("project != EMPTY", declared.Jql);
        Assert.Equal(["jira:issue_updated"], declared.Events);
    }

    [Fact]
    public void Find_OwnAccountIds_AreTrimmedAndBlankOnesLeftOut()
    {
        var settings = With("Sites:acme:OwnAccountIds:0", " 5b1 ");
        settings["Sites:acme:OwnAccountIds:1"] = "";
        settings["Sites:acme:OwnAccountIds:2"] = "712020:6a1f";

        Assert.Equal(["5b1", "712020:6a1f"], Find("acme", settings)!.OwnAccountIds);
        Assert.Empty(Find("acme", OAuthSite)!.OwnAccountIds);
    }

    [Fact]
    public void Find_UnknownSite_IsNull() => Assert.Null(Find("globex", OAuthSite));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)")]
    [InlineData("@microsoft.keyvault(VaultName=v;SecretName=s)")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Find_UnusableSecret_IsAProblemNotAnException(string secret)
    {
        var site = Find("acme", With("Sites:acme:Secret", secret));

        Assert.NotNull(site);
        Assert.Null(site.Secret);
        Assert.Contains("Secret is empty or an unresolved Key Vault reference", site.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Url", "http://acme.atlassian.net", "Url must be an absolute https address")]
    [InlineData("Url", "acme", "Url must be an absolute https address")]
    [InlineData("Url", "https://admin:the-client-secret@acme.atlassian.net", "Url must have no user name or password")]
    [InlineData("Url", "https://the-client-secret@acme.atlassian.net/", "Url must have no user name or password")]
    [InlineData("Url", "https://@acme.atlassian.net", "Url must have no user name or password")]
    [InlineData("ApiUrl", "https://@api.atlassian.com", "ApiUrl must have no user name or password")]
    [InlineData("ApiUrl", "https://admin:the-client-secret@api.atlassian.com", "ApiUrl must have no user name or password")]
    [InlineData("Scheme", "Basic", "Scheme must be one of OAuth, Connect, AdminWebhook")]
    [InlineData("Url", "https://acme.atlassian.net/jira", "Url must be the address of the site alone")]
    [InlineData("Url", "https://acme.atlassian.net/?token=the-client-secret", "Url must be the address of the site alone")]
    [InlineData("Url", "https://acme.atlassian.net/#the-client-secret", "Url must be the address of the site alone")]
    [InlineData("ApiUrl", "https://api.atlassian.com/ex/jira/x?token=the-client-secret", "ApiUrl must have no query or fragment")]
    [InlineData("ApiUrl", "https://api.atlassian.com/ex/jira/x?", "ApiUrl must have no query or fragment")]
    [InlineData("Url", "https://acme.atlassian.net?", "Url must be the address of the site alone")]
    [InlineData("CloudId", "acme", "CloudId must be a UUID")]
    [InlineData("CloudId", "../acme", "CloudId must be a UUID")]
    [InlineData("CloudId", null, "CloudId is missing")]
    [InlineData("ClientId", " ", "ClientId is missing")]
    [InlineData("ApiUrl", "ftp://x", "ApiUrl must be an absolute https address")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Find_WrongSetting_NamesItAndNeverItsValue(string name, string? value, string sentence)
    {
        var site = Find("acme", With($"Sites:acme:{name}", value));

        Assert.Contains(sentence, site?.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("the-client-secret", site?.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("the-client-secret", $"{site?.Url} {site?.ApiUrl}", StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Find_SeveralErrors_AreReportedTogether()
    {
        var settings = With("Sites:acme:Url", null);
        settings["Sites:acme:CloudId"] = null;

        var site = Find("acme", settings);

        Assert.Contains("Url must be", site?.Problem, StringComparison.Ordinal);
        Assert.Contains("CloudId is missing", site?.Problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Find_SubscriptionOfAWrongName_StopsNeitherTheSiteNorItsOthers()
    {
        var site = Find("acme", With("Sites:acme:Webhooks:Not_A_Slug:Jql", "project = A"))!;

        Assert.Null(site.Problem);
        Assert.Equal("issues", Assert.Single(site.Webhooks).Name);
        Assert.Contains("a webhook's name must be", Assert.Single(site.WebhookProblems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sites:acme:Webhooks:comments")]
    [InlineData("Sites:acme:Webhooks:comments:Events")]
    [InlineData("Sites:acme:Webhooks")]
    [InlineData("Sites:acme:Webhooks:comments:Events:0")]
    [InlineData("Sites:acme:OwnAccountIds")]
    [InlineData("Sites:acme")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Find_ValueWhereNoneBelongs_ThrowsNothing(string name)
    {
        Assert.NotNull(Find("acme", With(name, "")));
        Assert.DoesNotContain("hunter2", Find("acme", With(name, "hunter2"))!.Problem ?? "", StringComparison.Ordinal);
    }

    /// <summary>An exception would end every delivery to a site of the table.</summary>
    [Theory]
    [InlineData("Webhooks:issues")]
    [InlineData("Webhooks:issues:Events")]
    [InlineData("Webhooks")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Load_DefaultWebhookWithAValueWhereNoneBelongs_ThrowsNothing(string name)
    {
        foreach (var value in new[] { "", "hunter2" })
        {
            Assert.NotNull(new SiteLoader(null!, null!, Configuration(new() { [name] = value, ["Webhooks:comments:Jql"] = "project = A" }), Options, TimeProvider.System).DefaultWebhooks["comments"]);
        }
    }

    [Fact]
    public void Find_IdsWithBlanksAround_AreTrimmed()
    {
        var settings = With("Sites:acme:ClientId", " client\n");
        settings["Sites:acme:CloudId"] = " c1 ";
        settings["Sites:acme:AppKey"] = " com.example.app ";
        settings["Sites:acme:ClientKey"] = "tenant ";

        var site = Find("acme", settings)!;

        Assert.Equal("client", site.ClientId);
        Assert.Equal("c1", site.CloudId);
        Assert.Equal("com.example.app", site.AppKey);
        Assert.Equal("tenant", site.ClientKey);
        Assert.Equal("https://api.atlassian.com/ex/jira/c1", site.ApiUrl.AbsoluteUri);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void All_OneSiteWrong_LeavesTheOtherUsable()
    {
        var settings = With("Sites:globex:Scheme", "Connect");

        var sites = new ConfiguredSites(Configuration(settings), Options).All;

        Assert.Equal(2, sites.Count);
        Assert.Null(sites.Single(site => site.Id == "acme").Problem);
        var globex = sites.Single(site => site.Id == "globex").Problem;
        Assert.Contains("AppKey is missing", globex, StringComparison.Ordinal);
        Assert.Contains("ClientKey is missing", globex, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public void ToString_OfASite_HidesItsSecrets()
    {
        var site = new Site
        {
            Id = "acme",
            Url = new Uri("https://acme.atlassian.net"),
            ApiUrl = new Uri("https://acme.atlassian.net"),
            Scheme = SiteScheme.OAuth,
            Secret = SiteSecret.From("current-one"),
            PreviousSecret = SiteSecret.From("previous-one"),
            RefreshToken = SiteSecret.From("refresh-one"),
            ApiToken = SiteSecret.From("api-one"),
        };

        Assert.DoesNotContain("-one", site.ToString(), StringComparison.Ordinal);
        Assert.Equal("current-one", site.Secret?.Reveal());
    }

    private static Dictionary<string, string?> With(string name, string? value) => new(OAuthSite) { [name] = value };

    private static Site? Find(string id, Dictionary<string, string?> settings) => new ConfiguredSites(Configuration(settings), Options).Find(id);

    private static IConfiguration Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
