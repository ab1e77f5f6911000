using CsCheck;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Health;

[Collection<Clocked>]
public sealed class RedactionTests
{
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0.h-2_UNT3Rr";

    [Theory]
    [InlineData($"Bearer {Jwt} is not valid", "Bearer [removed] is not valid")]
    [InlineData("header 'Authorization: bearer hunter2'", "header 'Authorization: bearer [removed]'")]
    [InlineData("Authorization: Basic YWRtaW46aHVudGVyMg==", "Authorization: Basic [removed]")]
    [InlineData($"JWT {Jwt}, expired", "JWT [removed], expired")]
    [InlineData("Bearer token-hunter2", "Bearer [removed]")]
    [InlineData($"the token {Jwt} is old", "the token [removed] is old")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0. without a signature", "[removed] without a signature")]
    [InlineData("ATATT3xFfGF0hunter2hunter2=5A1B is revoked", "[removed] is revoked")]
    [InlineData("https://admin:hunter2@acme.atlassian.net/rest", "https://[removed]acme.atlassian.net/rest")]
    [InlineData("https://admin:hunt@er2@acme.atlassian.net", "https://[removed]acme.atlassian.net")]
    [InlineData("https://hunter2@acme.atlassian.net, http://a:b@c", "https://[removed]acme.atlassian.net, http://[removed]c")]
    [InlineData($"https://acme.atlassian.net/x?jwt={Jwt}&a=1", "https://acme.atlassian.net/x?jwt=[removed]&a=1")]
    [InlineData("/oauth/token?client_secret=hunter2&refresh_token=hunter2", "/oauth/token?client_secret=[removed]&refresh_token=[removed]")]
    [InlineData("""{"access_token":"hunter2", "scope":"read"}""", """{"access_token":"[removed]", "scope":"read"}""")]
    public void Of_Credential_IsCutOut(string text, string expected) => Assert.Equal(expected, Redaction.Of(text));

    [Theory]
    [InlineData("Basic authentication with passwords is deprecated.")]
    [InlineData("Bearer token is invalid; JWT validation failed.")]
    [InlineData("The value 'X' does not exist for the field 'project'.")]
    [InlineData("Write to admin@example.com, see https://developer.atlassian.com/cloud/jira/platform/webhooks/?a=1#b@c")]
    [InlineData("jqlFilter: Operator is not is unsupported, password: is required")]
    [InlineData("")]
    public void Of_Prose_StaysAsItIs(string text) => Assert.Equal(text, Redaction.Of(text));

    [Fact]
    public void Of_LongText_IsCutAfterWhatIsSecret()
    {
        var text = Redaction.Of(new string('x', 1990) + $" Bearer {Jwt} {new string('y', 5000)}");

        Assert.InRange(text.Length, 1990, 2010);
        Assert.DoesNotContain("eyJ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnyTextAround_NoTokenIsLeft() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[0, 2].Select(which => new[] { Jwt, $"Bearer {Jwt}", "https://admin:hunter2@acme.atlassian.net" }[which])).Sample((before, after, secret) =>
        {
            var clean = Redaction.Of($"{before} {secret} {after}");

            Assert.DoesNotContain("h-2_UNT3Rr", clean, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", clean, StringComparison.Ordinal);
        });

    /// <summary>What a proxy, or someone in Jira's place, sends back goes through every step that tells of a failure.</summary>
    [Theory]
    [InlineData("GET /rest/api/3/webhook", 400, """{"errorMessages":["SECRETS"],"errors":{"SECRETS":"SECRETS"}}""")]
    [InlineData("POST /rest/api/3/webhook", 400, """{"errorMessages":["SECRETS"]}""")]
    [InlineData("POST /rest/api/3/webhook", 200, """{"webhookRegistrationResult":[{"errors":["SECRETS"]},{"errors":["SECRETS"]}]}""")]
    [InlineData("GET /rest/api/3/webhook", 200, """{"values":[{"id":9,"events":[],"jqlFilter":"","url":"https://admin:hunter2@old.example.com/x"}]}""")]
    public async Task Run_JiraAnswersWithCredentials_NoneIsInResultLogTableOrApi(string operation, int status, string body)
    {
        await using var world = await World.StartAsync();
        var secrets = $"Bearer hunter2 and {Jwt} and https://admin:hunter2@old.example.com";
        world.Site(World.Globex).Faults.FailNext(operation, status, times: 10, body: body.Replace("SECRETS", secrets, StringComparison.Ordinal));

        var result = await world.RefreshAsync(World.Globex);

        Assert.Contains(Redaction.Removed, result.Problem, StringComparison.Ordinal);
        var api = await new ApiCaller(world.NewInstance()).ShowAsync(World.Globex);
        Assert.Contains(Redaction.Removed, api.Text, StringComparison.Ordinal); // as the table has it
        Assert.NotEmpty(world.Logs.GetSnapshot());
        Assert.All([result.Problem!, api.Text, .. world.Logs.GetSnapshot().Select(entry => entry.Text)], text =>
        {
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
            Assert.DoesNotContain("UNT3R", text, StringComparison.Ordinal);
        });
    }
}
