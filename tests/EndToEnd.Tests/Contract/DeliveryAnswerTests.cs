using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>What deliveries are answered, and how they are counted.</summary>
public sealed class DeliveryAnswerTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private const string Accepted = "jira.deliveries.accepted";
    private const string Refused = "jira.deliveries.refused";
    private const string Unavailable = "jira.deliveries.unavailable";

    private const string Foreign = """{"webhookEvent":"jira:issue_updated","issue":{"id":"1","self":"https://other.atlassian.net/rest/api/2/issue/1"}}""";

    private static readonly TimeSpan LongAgo = TimeSpan.FromHours(-25);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_OfEveryKind_IsAnsweredAndCounted()
    {
        var cases = Cases().ToList();
        var before = await world.Collector.ReadAsync(Token);
        var answers = new List<string>();
        foreach (var (name, request, _, _) in cases)
        {
            using (request)
            {
                using var response = await world.Stranger.SendAsync(request, Token);
                answers.Add($"{name}: {(int)response.StatusCode}");
            }
        }

        Assert.Equal(cases.Select(expected => $"{expected.Name}: {expected.Status}"), answers);
        var after = await world.Collector.ReadAsync(Token);
        Assert.Equal(
            cases.CountBy(expected => expected.Counter).Select(counter => $"{counter.Key}: {counter.Value}").Order(StringComparer.Ordinal),
            after.Where(series => series.Key.Name is Accepted or Refused or Unavailable && series.Value > before.GetValueOrDefault(series.Key))
                .Select(series => $"{series.Key}: {series.Value - before.GetValueOrDefault(series.Key)}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "jira.deliveries.site_mismatch{site=acme} sum {delivery}", "jira.deliveries.unknown_webhook{site=acme} sum {delivery}", "jira.deliveries.unknown_webhook{site=globex} sum {delivery}",
                "jira.deliveries.unparsed{site=initech} sum {delivery}",
            ],
            after.Keys.Where(series => series.Name.StartsWith("jira.deliveries.", StringComparison.Ordinal) && series.Name is not (Accepted or Refused or Unavailable))
                .Select(series => $"{series} {series.Kind} {series.Unit}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["status=200", "status=401", "status=413", "status=415", "status=503"],
            after.Keys.Where(series => series is { Name: "jira.delivery.duration", Kind: "histogram", Unit: "s" }).Select(series => series.Tags).Order(StringComparer.Ordinal));
        Assert.All(after.Keys.Where(series => series.Name is Accepted or Refused or Unavailable), series => Assert.Equal(("sum", "{delivery}"), (series.Kind, series.Unit)));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(200, "", null)]
    [InlineData(401, "The signature of this delivery was not accepted.\n", null)]
    [InlineData(413, "The body of this delivery is too large.\n", null)]
    [InlineData(415, "Send the body without a Content-Encoding.\n", null)]
    [InlineData(503, "This delivery could not be taken now. Send it again later.\n", "60")]
    public async Task Answer_OfAStatus_HasOneText(int status, string text, string? retryAfter)
    {
        using var request = Cases().First(expected => expected.Status == status).Request;
        using var response = await world.Stranger.SendAsync(request, Token);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(text, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(text.Length == 0 ? null : "text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_WithAnotherVerb_IsNotAllowed()
    {
        foreach (var verb in new[] { "GET", "PUT", "DELETE" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(verb), $"/api/deliveries/{Initech}");
            using var response = await world.Stranger.SendAsync(request, Token);
            Assert.Equal(405, (int)response.StatusCode);
        }
    }

    private IEnumerable<(string Name, HttpRequestMessage Request, int Status, string Counter)> Cases()
    {
        var (acme, globex, initech) = (world.Site(Acme), world.Site(Globex), world.Site(Initech));
        yield return ("OAuth", Delivery.To(Acme, headers: Delivery.Bearer(acme)), 200, $"{Accepted}{{}}");
        yield return ("OAuth, previous secret", Delivery.To(Acme, headers: Delivery.Bearer(acme, secret: PreviousSecret)), 200, $"{Accepted}{{}}");
        yield return ("Connect", Delivery.To(Globex, headers: Delivery.Connect(globex)), 200, $"{Accepted}{{}}");
        yield return ("Connect, token in the query", At($"/api/deliveries/globex?jwt={Delivery.ConnectToken(globex, "/api/deliveries/globex")}"), 200, $"{Accepted}{{}}");
        yield return ("administrator's webhook", Delivery.To(Initech, headers: Delivery.Hub(initech.Secret)), 200, $"{Accepted}{{}}");
        yield return ("links elsewhere", Delivery.To(Acme, Foreign, Delivery.Bearer(acme)), 200, $"{Accepted}{{}}");
        yield return ("no JSON", Delivery.To(Initech, "no JSON", Delivery.Hub(initech.Secret, "no JSON")), 200, $"{Accepted}{{}}");

        yield return ("unknown site", Delivery.To("unknown", headers: Delivery.Hub(initech.Secret)), 401, $"{Refused}{{reason=unknown_site}}");
        yield return ("OAuth, no token", Delivery.To(Acme), 401, $"{Refused}{{reason=no_credential,site=acme}}");
        yield return ("OAuth, another scheme", Delivery.To(Acme, headers: Delivery.Hub(acme.Secret)), 401, $"{Refused}{{reason=no_credential,site=acme}}");
        yield return ("OAuth, no token of three parts", Delivery.To(Acme, headers: ("Authorization", "Bearer a.b")), 401, $"{Refused}{{reason=malformed,site=acme}}");
        yield return ("OAuth, another secret", Delivery.To(Acme, headers: Delivery.Bearer(acme, secret: initech.Secret)), 401, $"{Refused}{{reason=bad_signature,site=acme}}");
        yield return ("OAuth, another app", Delivery.To(Acme, headers: Delivery.Bearer(acme, issuer: "another-app")), 401, $"{Refused}{{reason=bad_claims,site=acme}}");
        yield return ("OAuth, another cloud id", Delivery.To(Acme, headers: Delivery.Bearer(acme, cloudId: "another")), 401, $"{Refused}{{reason=other_site,site=acme}}");
        yield return ("OAuth, expired long ago", Delivery.To(Acme, headers: Delivery.Bearer(acme, expiresIn: LongAgo)), 401, $"{Refused}{{reason=expired,site=acme}}");
        yield return ("OAuth, issued in days", Delivery.To(Acme, headers: Delivery.Bearer(acme, expiresIn: -2 * LongAgo, issuedIn: -LongAgo)), 401, $"{Refused}{{reason=not_yet_valid,site=acme}}");
        yield return ("Connect, token of another path", Delivery.To(Globex, headers: ("Authorization", "JWT " + Delivery.ConnectToken(globex, "/api/deliveries/acme"))), 401, $"{Refused}{{reason=bad_claims,site=globex}}");
        yield return ("administrator's webhook, SHA-1", Delivery.To(Initech, headers: ("X-Hub-Signature", "sha1=0123456789012345678901234567890123456789")), 401, $"{Refused}{{reason=malformed,site=initech}}");
        yield return ("administrator's webhook, another body", Delivery.To(Initech, "{}", Delivery.Hub(initech.Secret)), 401, $"{Refused}{{reason=bad_signature,site=initech}}");

        yield return ("above 25 MB", Delivery.To(Initech, new byte[(25 * 1024 * 1024) + 1], ("X-Hub-Signature", "sha256=" + new string('0', 64))), 413, $"{Refused}{{reason=body_too_large,site=initech}}");
        yield return ("compressed", Delivery.To(Initech, headers: [Delivery.Hub(initech.Secret), ("Content-Encoding", "gzip")]), 415, $"{Refused}{{reason=content_encoding,site=initech}}");

        yield return ("site without a secret", Delivery.To(Umbrella, headers: Delivery.Hub(initech.Secret)), 503, $"{Unavailable}{{reason=site_settings,site=umbrella}}");
        yield return ("OAuth, expired just now", Delivery.To(Acme, headers: Delivery.Bearer(acme, expiresIn: TimeSpan.FromMinutes(-5))), 503, $"{Unavailable}{{reason=token_times,site=acme}}");
        yield return ("OAuth, issued in a moment", Delivery.To(Acme, headers: Delivery.Bearer(acme, issuedIn: TimeSpan.FromMinutes(5))), 503, $"{Unavailable}{{reason=token_times,site=acme}}");
        yield return ("OAuth, app of the settings, for a site without a row", Delivery.To("lost", headers: Delivery.Bearer(acme)), 503, $"{Unavailable}{{reason=site_missing,site=lost}}");
    }

    private static HttpRequestMessage At(string address)
    {
        var request = Delivery.To(Globex);
        request.RequestUri = new Uri(address, UriKind.Relative);
        return request;
    }
}
