using System.Security.Cryptography;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class JwtVerifierTests
{
    private const long Now = 1_700_000_000;
    private const string QueryHash = "ecb8c8eae37c4f1936948459f4d1be1284e1cae87a3ca90b7fac808f142bb568";
    private static readonly JwtRules OAuth = JwtRules.OAuth(StubSites.OAuth);
    private static readonly JwtRules Connect = JwtRules.Connect(StubSites.Connect, QueryHash);

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_PublishedToken_IsAuthentic()
    {
        // Made with Atlassian's own atlassian-jwt 2.0.3.
        const string token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjb20uZXhhbXBsZS5hcHAiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMDE4MCwicXNoIjoiZWNiOGM4ZWFlMzdjNGYxOTM2OTQ4NDU5ZjRkMWJlMTI4NGUxY2FlODdhM2NhOTBiN2ZhYzgwOGYxNDJiYjU2OCJ9.WFB65w-_yWhkCZl47uNoGW9q0rcFjeWhSYNa0A_I7OY";
        var rules = JwtRules.Connect(StubSites.Connect with { ClientKey = "com.example.app" }, QueryHash);

        Assert.Equal(Verification.Authentic, JwtVerifier.Verify(token, SiteSecret.From("a-secret-key-not-to-be-lost")!, null, rules, At(Now), out _));
    }

    [Theory]
    [InlineData("""{"exp":1700000180}""")]
    [InlineData("""{"exp":1700000180.75,"iat":1699999999.5}""")]
    [InlineData("""{"exp":1.70000018e9}""")]
    [InlineData("""{"iss":"client-of-the-test","sub":"5b1","iat":1700000000,"exp":1700000180,"jti":"x","context":{"cloudId":"0a1b2c3d-1111-2222-3333-444455556666"}}""")]
    [InlineData("""{"exp":1700000180,"context":{"cloudId":"0A1B2C3D-1111-2222-3333-444455556666"}}""")]
    [InlineData("""{"exp":1700000180,"context":null}""")]
    [InlineData("""{"exp":1700000180,"context":"5b1"}""")]
    [InlineData("""{"context":[{"cloudId":"another"},2],"exp":1700000180}""")]
    [InlineData("""{"context":{"cloudId":{"of":["another"]},"user":1},"exp":1700000180}""")]
    [InlineData("""{"exp":1700000180,"context":{"user":{"cloudId":"another"},"cloudId":null}}""")]
    [InlineData("""{"exp":1700000180,"aud":["anyone"],"qsh":"whatever","nbf":1700000000}""")]
    [InlineData("""{"exp":1700000180,"iat":1700000120}""")]
    [InlineData("""{"exp":1700000180,"nbf":1700000120}""")]
    [InlineData("""{"exp":1699999881}""")]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_OAuth_AcceptsWhatAtlassianWasSeenToSend(string claims) => Assert.Equal(Verification.Authentic, Verify(claims, OAuth));

    [Theory]
    [InlineData("""{}""", Verification.BadClaims)]
    [InlineData("""{"iss":"client-of-the-test","iat":1700000000}""", Verification.BadClaims)]
    [InlineData("""{"exp":"1700000180"}""", Verification.BadClaims)]
    [InlineData("""{"exp":null}""", Verification.BadClaims)]
    [InlineData("""{"exp":1e999}""", Verification.BadClaims)]
    [InlineData("""{"exp":{}}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"exp":1700000180}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"\u0065xp":1}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"iss":"someone-else"}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"iss":null}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"iss":["client-of-the-test"]}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"iss":"someone-else","iss":"client-of-the-test"}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"iat":"now"}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"context":{"cloudId":"another"}}""", Verification.OtherSite)]
    [InlineData("""{"exp":1700000180,"context":{"cloudId":"0a1b2c3d-1111-2222-3333-444455556666","cloudId":"another"}}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"context":{},"context":{}}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180,"context":null,"other":1,"context":{"cloudId":"another"}}""", Verification.BadClaims)]
    [InlineData("""{"iat":true,"exp":1700000180}""", Verification.BadClaims)]
    [InlineData("""{"exp":0}""", Verification.Expired)]
    [InlineData("""{"exp":-1}""", Verification.Expired)]
    [InlineData("""{"exp":1,"iss":"someone-else"}""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180""", Verification.BadClaims)]
    [InlineData("""{"exp":1700000180} {}""", Verification.BadClaims)]
    [InlineData("""["exp",1700000180]""", Verification.BadClaims)]
    [InlineData("null", Verification.BadClaims)]
    [InlineData("", Verification.Malformed)]
    internal void Verify_OAuth_RefusesWrongClaims(string claims, Verification expected) => Assert.Equal(expected, Verify(claims, OAuth));

    [Theory]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180,"qsh":"HASH"}""", Verification.Authentic)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180,"qsh":"HASH","aud":["app"],"context":{"user":{}}}""", Verification.Authentic)]
    [InlineData("""{"iat":1700000000,"exp":1700000180,"qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"another-tenant","iat":1700000000,"exp":1700000180,"qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","exp":1700000180,"qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180,"qsh":"context-qsh"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180,"qsh":"df497fbf798f8202322f33eb286d79a3ecc2053d57121b0b28386ee98b6397af"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000000,"exp":1700000180,"qsh":"HASH","qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000121,"exp":1700000180,"qsh":"HASH"}""", Verification.WrongTimes)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1700000121,"exp":1700000180,"qsh":"context-qsh"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"another-tenant","iat":1700000121,"exp":1700000180,"qsh":"HASH"}""", Verification.BadClaims)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1600000000,"exp":1600000180,"qsh":"HASH"}""", Verification.Expired)]
    [InlineData("""{"iss":"tenant-of-the-test","iat":1600000000,"exp":1600000180,"qsh":"context-qsh"}""", Verification.BadClaims)]
    internal void Verify_Connect_AsksForIssuerTimesAndQueryHash(string claims, Verification expected) =>
        Assert.Equal(expected, Verify(claims.Replace("HASH", QueryHash, StringComparison.Ordinal), Connect));

    /// <summary>24 hours are 86,400 s; the leeway is 120 s.</summary>
    [Theory]
    [InlineData("""{"exp":1699999880}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1699913600}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1699913599}""", Verification.Expired)]
    [InlineData("""{"exp":1700000180,"iat":1700000121}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1700090000,"iat":1700086400}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1700090000,"iat":1700086401}""", Verification.NotYetValid)]
    [InlineData("""{"exp":1700000180,"nbf":1700000121}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1700090000,"nbf":1700086401}""", Verification.NotYetValid)]
    [InlineData("""{"exp":1699999000,"iat":1700086400}""", Verification.WrongTimes)]
    [InlineData("""{"exp":1699913599,"iat":1700000121}""", Verification.Expired)]
    [InlineData("""{"exp":1e300,"iat":-1e300}""", Verification.Authentic)]
    [InlineData("""{"exp":1e300,"iat":1e300}""", Verification.NotYetValid)]
    [InlineData("""{"exp":1699999880,"iss":"someone-else"}""", Verification.BadClaims)]
    [InlineData("""{"exp":1699999880,"context":{"cloudId":"another"}}""", Verification.OtherSite)]
    internal void Verify_WrongTimes_AreJudgedLastAndApartFromARefusal(string claims, Verification expected)
    {
        var token = TestTokens.Sign(claims);

        var verification = JwtVerifier.Verify(token, SiteSecret.From(StubSites.Secret)!, null, OAuth, At(Now), out var times);

        Assert.Equal(expected, verification);
        Assert.Equal(expected is Verification.WrongTimes, times is not null);
    }

    [Fact]
    public void Verify_WrongTimesUnderAnotherSecret_IsBadSignature()
    {
        Assert.Equal(Verification.BadSignature, JwtVerifier.Verify(TestTokens.Sign("""{"exp":1699999880}""", "another-secret"), SiteSecret.From(StubSites.Secret)!, null, OAuth, At(Now), out var times));
        Assert.Null(times);
    }

    [Theory]
    [InlineData("""{"exp":1699999880,"iat":1699999700}""", -300)] // our clock is ahead: the token knows better
    [InlineData("""{"exp":1700003600,"iat":1700003000}""", 0)] // our clock is behind
    [InlineData("""{"exp":1699999880}""", 0)]
    [InlineData("""{"exp":1699999880,"iat":0}""", -2 * 86_400)]
    [InlineData("""{"exp":1699999880,"iat":-1e300}""", -2 * 86_400)]
    public void Since_TokenOfWrongTimes_IsTheEarlierOfOurClockAndItsIssue(string claims, int seconds)
    {
        JwtVerifier.Verify(TestTokens.Sign(claims), SiteSecret.From(StubSites.Secret)!, null, OAuth, At(Now), out var times);

        Assert.Equal(At(Now).AddSeconds(seconds), times!.Since);
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""", Verification.Authentic)]
    [InlineData("""{"kid":"1","alg":"HS256","x":{"alg":"none"}}""", Verification.Authentic)]
    [InlineData("""{"typ":"JWT"}""", Verification.Malformed)]
    [InlineData("""{"alg":"none"}""", Verification.Malformed)]
    [InlineData("""{"alg":"None"}""", Verification.Malformed)]
    [InlineData("""{"alg":"RS256"}""", Verification.Malformed)]
    [InlineData("""{"alg":"HS512"}""", Verification.Malformed)]
    [InlineData("""{"alg":"hs256"}""", Verification.Malformed)]
    [InlineData("""{"alg":["HS256"]}""", Verification.Malformed)]
    [InlineData("""{"alg":null}""", Verification.Malformed)]
    [InlineData("""{"alg":"none","alg":"HS256"}""", Verification.Malformed)]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", Verification.Malformed)]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", Verification.Malformed)]
    [InlineData("""{"alg":"HS256","b64":false,"crit":["b64"]}""", Verification.Malformed)]
    [InlineData("""{"alg":"HS256"} """, Verification.Authentic)]
    [InlineData("""{"alg":"HS256"}x""", Verification.Malformed)]
    [InlineData("""["HS256"]""", Verification.Malformed)]
    [InlineData("HS256", Verification.Malformed)]
    internal void Verify_Header_MustSayHs256Once_Rfc8725(string header, Verification expected) =>
        Assert.Equal(expected, Verify(TestTokens.Sign("""{"exp":1700000180}""", header: header)));

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public void Verify_PreviousSecret_StillVerifies()
    {
        var token = TestTokens.Sign("""{"exp":1700000180}""", StubSites.PreviousSecret);

        Assert.Equal(Verification.Authentic, Verify(token));
        Assert.Equal(Verification.BadSignature, JwtVerifier.Verify(token, SiteSecret.From(StubSites.Secret)!, null, OAuth, At(Now), out _));
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_NotOurSecret_IsBadSignature() =>
        Assert.Equal(Verification.BadSignature, Verify(TestTokens.Sign("""{"exp":1700000180}""", "another-secret")));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("HEAD.BODY.")]
    [InlineData("HEAD.BODY")]
    [InlineData(".BODY.SIG")]
    [InlineData("HEAD..SIG")]
    [InlineData("HEAD.BODY.SIG=")]
    [InlineData("HEAD.BODY. SIG")]
    [InlineData("HEAD.BODY.SIG\n")]
    [InlineData("HEAD.BODY.SIGAA")]
    [InlineData("HEAD.BODY.SIG.SIG")]
    [InlineData("HEAD.BODY.éSIG")]
    [InlineData("HEAD.BODY.+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/w")]
    public void Verify_NotACompactJws_IsMalformed_Rfc7515(string shape)
    {
        var parts = TestTokens.Sign("""{"exp":1700000180}""").Split('.');
        var token = shape.Replace("HEAD", parts[0], StringComparison.Ordinal).Replace("BODY", parts[1], StringComparison.Ordinal).Replace("SIG", parts[2], StringComparison.Ordinal);

        Assert.Equal(Verification.Malformed, Verify(token));
    }

    [Fact]
    public void Verify_OtherAlgorithmsSignature_IsRefused_Rfc8725()
    {
        using var rsa = RSA.Create(2048);
        var token = Jws.Sign("""{"alg":"RS256"}""", """{"exp":1700000180}"""u8.ToArray(), signed => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Equal(Verification.Malformed, Verify(token));
    }

    [Fact]
    public void Verify_HugeToken_IsRefused_Rfc8725()
    {
        var longest = TestTokens.Sign($$"""{"exp":1700000180,"x":"{{new string('x', 6000)}}"}""");
        var tooLong = TestTokens.Sign($$"""{"exp":1700000180,"x":"{{new string('x', 7000)}}"}""");

        Assert.True(longest.Length <= JwtVerifier.MaxLength && tooLong.Length > JwtVerifier.MaxLength);
        Assert.Equal(Verification.Authentic, Verify(longest));
        Assert.Equal(Verification.Malformed, Verify(tooLong));
    }

    /// <summary>The longest token that is read, to the character: its header is padded with blanks.</summary>
    [Theory]
    [InlineData(0, Verification.Authentic)]
    [InlineData(1, Verification.Malformed)]
    internal void Verify_TokenAtTheLimit_IsRead(int more, Verification expected)
    {
        var token = Enumerable.Range(5000, 2000).Select(length => TestTokens.Sign($$"""{"exp":1700000180,"x":"{{new string('x', length)}}"}"""))
            .First(token => token.Length >= JwtVerifier.MaxLength + more);

        Assert.Equal(JwtVerifier.MaxLength + more, token.Length);
        Assert.Equal(expected, Verify(token));
    }

    /// <summary>While a site changes to another app, both apps deliver, and only the secrets tell them from others.</summary>
    [Theory]
    [InlineData(null, Verification.BadClaims)]
    [InlineData("former-client", Verification.Authentic)]
    internal void Verify_IssuerOfTheFormerApp_IsAcceptedDuringTheChange(string? former, Verification expected) =>
        Assert.Equal(expected, Verify("""{"iss":"former-client","exp":1700000180}""", JwtRules.OAuth(StubSites.OAuth with { FormerClientId = former })));

    [Fact]
    public void IsSigned_OfEachResult_IsTrueOnlyAfterAValidSignature() => Assert.Equal(
        [
            Verification.Authentic, Verification.MissingSite, Verification.BadClaims, Verification.OtherSite, Verification.WrongTimes, Verification.Expired,
            Verification.NotYetValid,
        ],
        Enum.GetValues<Verification>().Where(verification => verification.IsSigned()));

    private static Verification Verify(string claims, in JwtRules rules) => VerifyToken(TestTokens.Sign(claims), rules);

    private static Verification Verify(string token) => VerifyToken(token, OAuth);

    private static Verification VerifyToken(string token, in JwtRules rules) =>
        JwtVerifier.Verify(token, SiteSecret.From(StubSites.Secret)!, SiteSecret.From(StubSites.PreviousSecret), rules, At(Now), out _);

    private static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
