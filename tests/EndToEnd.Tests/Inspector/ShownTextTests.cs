using JiraWebhooks.Deliveries;
using LocalHost.Inspector;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Inspector;

/// <summary>What the page says and does not say.</summary>
public sealed class ShownTextTests
{
    [Fact]
    public void Explanations_OfEveryReason_Exist()
    {
        var reasons = Enum.GetValues<OutcomeReason>().Select(reason => reason.Tag()).Concat(["failed_list", "reconstructed"]).ToList();

        Assert.All(reasons, reason => Assert.True(Explanations.Has(reason), reason));
        Assert.All(reasons, reason => Assert.EndsWith(".", Explanations.Of(reason).Meaning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Authorization", "Bearer a.b.c", "Bearer …")]
    [InlineData("authorization", "secret-without-a-scheme", "…")]
    [InlineData("X-Hub-Signature", "sha256=0123456789", "sha256=…")]
    [InlineData("X-Hub-Signature-256", "a-very-long-name-of-a-method=0123", "…")]
    [InlineData("Cookie", "session=abc", "session=…")]
    [InlineData("x-functions-key", "abc", "…")]
    [InlineData("User-Agent", "Atlassian Webhook HTTP Client", "Atlassian Webhook HTTP Client")]
    public void Headers_WithACredential_AreMasked(string name, string value, string shown)
    {
        var header = Assert.Single(RequestHeaders.Masked(new HeaderDictionary { [name] = value }));

        Assert.Equal(shown, header.Value);
    }

    [Theory]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2lnbmF0dXJl", """{"iss":"me"}""")]
    [InlineData("JWT eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2lnbmF0dXJl", """{"iss":"me"}""")]
    [InlineData("Bearer a.!!.c", null)]
    [InlineData("Bearer a.YQ.c", null)]
    [InlineData("", null)]
    public void Claims_OfATokenOfAnyKind_AreReadWithoutTheSignature(string authorization, string? claims) => Assert.Equal(claims, RequestHeaders.Claims(authorization));

    [Fact]
    public void Curl_OfABodyWithQuotes_IsOneCommand()
    {
        var delivery = new CapturedDelivery
        {
            At = DateTimeOffset.UnixEpoch,
            Site = "initech",
            Outcome = CapturedDelivery.Accepted,
            Headers = [new ShownHeader("Host", "x"), new ShownHeader("Authorization", "Bearer …"), new ShownHeader("X-Odd", "it's")],
            Body = """{"text":"it's $HOME"}"""u8.ToArray(),
            BodyBytes = 21,
        };

        Assert.Equal(
            """
            curl -X POST 'http://localhost:7071/api/deliveries/initech' \
              -H 'Authorization: Bearer CREDENTIAL' \
              -H 'X-Odd: it'\''s' \
              --data-binary '{"text":"it'\''s $HOME"}'
            """.ReplaceLineEndings("\n"),
            Curl.Of(delivery, new Uri("http://localhost:7071")));
    }
}
