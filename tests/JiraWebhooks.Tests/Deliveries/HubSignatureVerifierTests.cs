using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class HubSignatureVerifierTests
{
    private static readonly byte[] Body = "Hello World!"u8.ToArray();
    private static readonly string Digest = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(StubSites.Secret), Body));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_AtlassiansExample_IsAuthentic() => Assert.Equal(
        Verification.Authentic,
        Verify("sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9", Body, "It's a Secret to Everybody"));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_UpperCaseMethodAndDigits_AreTheSame() =>
        Assert.Equal(Verification.Authentic, Verify("SHA256=" + Digest.ToUpperInvariant()));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_LongerDigests_AreAllowed()
    {
        var key = Encoding.UTF8.GetBytes(StubSites.Secret);

        Assert.Equal(Verification.Authentic, Verify("sha384=" + Convert.ToHexStringLower(HMACSHA384.HashData(key, Body))));
        Assert.Equal(Verification.Authentic, Verify("sha512=" + Convert.ToHexStringLower(HMACSHA512.HashData(key, Body))));
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_Sha1AndMd5_AreRefusedThoughRight()
    {
        var key = Encoding.UTF8.GetBytes(StubSites.Secret);

#pragma warning disable CA5350, CA5351 // the point of the test
        Assert.Equal(Verification.Malformed, Verify("sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(key, Body))));
        Assert.Equal(Verification.Malformed, Verify("md5=" + Convert.ToHexStringLower(HMACMD5.HashData(key, Body))));
#pragma warning restore CA5350, CA5351
    }

    /// <summary>The name of the method decides, not the length of the digest.</summary>
    [Theory]
    [InlineData("md5")]
    [InlineData("sha3-512")]
    [InlineData("sha256 ")]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_UnknownMethodWithARightDigest_IsRefused(string method)
    {
        var key = Encoding.UTF8.GetBytes(StubSites.Secret);

        Assert.Equal(Verification.Malformed, Verify($"{method}={Convert.ToHexStringLower(HMACSHA512.HashData(key, Body))}"));
        Assert.Equal(Verification.Malformed, Verify($"{method}={Digest}"));
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public void Verify_PreviousSecret_StillVerifies()
    {
        var previous = Encoding.UTF8.GetBytes(StubSites.PreviousSecret);

        Assert.Equal(Verification.Authentic, Verify(TestTokens.Hub(Body, StubSites.PreviousSecret)));
        Assert.Equal(Verification.Authentic, Verify("sha384=" + Convert.ToHexStringLower(HMACSHA384.HashData(previous, Body))));
        Assert.Equal(Verification.Authentic, Verify("sha512=" + Convert.ToHexStringLower(HMACSHA512.HashData(previous, Body))));
    }

    [Theory]
    [InlineData("sha384", 96)]
    [InlineData("sha512", 128)]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_WrongLongerDigest_IsRefused(string method, int digits) => Assert.Equal(Verification.BadSignature, Verify($"{method}={new string('0', digits)}"));

    [Theory]
    [InlineData("", Verification.NoCredential)]
    [InlineData("DIGEST", Verification.Malformed)]
    [InlineData("=DIGEST", Verification.Malformed)]
    [InlineData("sha256", Verification.Malformed)]
    [InlineData("sha256=", Verification.Malformed)]
    [InlineData("sha256=DIGEST0", Verification.Malformed)]
    [InlineData("sha256=DIGESTDIGEST", Verification.Malformed)]
    [InlineData("sha512=DIGEST", Verification.Malformed)]
    [InlineData("sha256=DIGEST,sha256=DIGEST", Verification.Malformed)]
    [InlineData("sha256 =DIGEST", Verification.Malformed)]
    [InlineData("sha256=zz771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9", Verification.Malformed)]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000", Verification.BadSignature)]
    internal void Verify_WrongForm_IsRefused(string header, Verification expected) =>
        Assert.Equal(expected, Verify(header.Replace("DIGEST", Digest, StringComparison.Ordinal)));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_TruncatedSignature_IsRefusedAtEveryLength()
    {
        var header = "sha256=" + Digest;

        Assert.All(Enumerable.Range(0, header.Length), length => Assert.NotEqual(Verification.Authentic, Verify(header[..length])));
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_RepeatedHeader_IsRefused() =>
        Assert.Equal(Verification.NoCredential, Verify(new StringValues(["sha256=" + Digest, "sha256=" + Digest])));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_AnyChangedByte_IsRefused() => Assert.All(Enumerable.Range(0, Body.Length), at =>
    {
        var changed = Body.ToArray();
        changed[at] ^= 1;
        Assert.Equal(Verification.BadSignature, Verify("sha256=" + Digest, changed));
    });

    /// <summary>The body may come in any pieces.</summary>
    [Fact]
    public void Verify_BodyInPieces_IsTheSame() => Assert.All(Enumerable.Range(0, Body.Length + 1), at => Assert.Equal(Verification.Authentic, Verify("sha256=" + Digest, Body, cut: at)));

    private static Verification Verify(StringValues header) => Verify(header, Body);

    private static Verification Verify(StringValues header, byte[] body, string secret = StubSites.Secret, int cut = 0)
    {
        var key = SiteSecret.From(secret)!;
        if (HubSignatureVerifier.Begin(header, key) is not { } hash) return HubSignatureVerifier.Check(header)!.Value;

        hash.AppendData(body.AsSpan(0, cut));
        hash.AppendData(body.AsSpan(cut));
        return HubSignatureVerifier.End(hash, header, body, key, SiteSecret.From(StubSites.PreviousSecret));
    }
}
