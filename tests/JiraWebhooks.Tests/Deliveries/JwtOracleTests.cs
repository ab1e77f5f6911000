using System.Globalization;
using System.Text;
using CsCheck;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>The verifier against Microsoft.IdentityModel, which it stands in for on the hot path: what the library signs, we accept, and
/// whatever we accept, the library accepts too.</summary>
public sealed class JwtOracleTests
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();
    private static readonly SymmetricSecurityKey Key = new(Encoding.UTF8.GetBytes(StubSites.Secret));
    private static readonly JsonWebTokenHandler Library = new() { SetDefaultTimesOnTokenCreation = false };

    private static readonly TokenValidationParameters Rules = new()
    {
        IssuerSigningKey = Key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidIssuer = StubSites.ClientId,
        ValidateAudience = false,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = JwtRules.Leeway,
    };

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static readonly Gen<string> Claims =
        Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[-100_000, 100_000], Gen.OneOf("client-of-the-test", "someone-else", ""), Gen.String.AlphaNumeric)
            .Select((expires, issued, issuer, other) => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"iss":"{{issuer}}","sub":"{{other}}","nbf":{{Start.ToUnixTimeSeconds() + issued}},"exp":{{Start.ToUnixTimeSeconds() + expires}}}"""));

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public void Verify_TokenTheLibraryMade_IsAuthentic() =>
        Gen.Int[1, 100_000].Sample(seconds =>
        {
            var token = Library.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = StubSites.ClientId,
                IssuedAt = Start.UtcDateTime,
                Expires = Start.AddSeconds(seconds).UtcDateTime,
                SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
                Claims = new Dictionary<string, object> { ["context"] = new Dictionary<string, object> { ["cloudId"] = StubSites.CloudId } },
            });

            Assert.Equal(Verification.Authentic, Verify(token, Start));
        });

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Verify_RandomClaims_GivesTheLibrarysVerdict() =>
        await Claims.SampleAsync(
            async claims =>
            {
                var token = TestTokens.Sign(claims);
                var before = Verify(token, Now) is Verification.Authentic;
                var library = await LibraryAcceptsAsync(token);
                var after = Verify(token, Now) is Verification.Authentic;

                // The library has a clock of its own, and the token may end between one verdict and the other.
                if (before == after) Assert.Equal(library, before);
            },
            iter: 500);

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task Verify_MutatedToken_IsNeverAcceptedAgainstTheLibrary() =>
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 10_000], Gen.Char[' ', '~']).SampleAsync(
            async (way, place, character) =>
            {
                var now = Now;
                var token = TestTokens.OAuth(now);
                var at = place % token.Length;
                var mutated = way switch
                {
                    0 => token[..at] + character + token[(at + 1)..],
                    1 => token[..at],
                    2 => token[..at] + character + token[at..],
                    _ => token[..at] + token[(at + 1)..],
                };

                // The last character of a signature holds two bits that say nothing, so a few mutants are the same token.
                if (Verify(mutated, now) is Verification.Authentic) Assert.True(mutated == token || await LibraryAcceptsAsync(mutated), mutated);
            },
            iter: 5_000);

    private static async Task<bool> LibraryAcceptsAsync(string token) => (await Library.ValidateTokenAsync(token, Rules)).IsValid;

    private static Verification Verify(string token, DateTimeOffset now) =>
        JwtVerifier.Verify(token, SiteSecret.From(StubSites.Secret)!, null, JwtRules.OAuth(StubSites.OAuth), now, out _);
}
