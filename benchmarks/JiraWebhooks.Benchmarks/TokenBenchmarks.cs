using System.Text;
using BenchmarkDotNet.Attributes;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JiraWebhooks.Benchmarks;

/// <summary>Compares the app's token check with the library that it replaces.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class TokenBenchmarks
{
    private readonly Site _site = TestSites.Make(SiteScheme.OAuth);
    private readonly JsonWebTokenHandler _library = new();
    private readonly TokenValidationParameters _rules = new()
    {
        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(TestSites.Secret)),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidIssuer = TestSites.Make(SiteScheme.OAuth).ClientId,
        ValidateAudience = false,
        ClockSkew = JwtRules.Leeway,
    };

    private string _token = "";

    [GlobalSetup]
    public async Task Setup()
    {
        _token = TestSites.Token(_site);
        if (!await Library() || !Ours()) throw new InvalidOperationException("The benchmark's token is invalid.");
    }

    [Benchmark]
    public bool Ours() =>
        JwtVerifier.Verify(_token, _site.Secret!, null, JwtRules.OAuth(_site), TimeProvider.System.GetUtcNow(), out _) is Verification.Authentic;

    [Benchmark(Baseline = true)]
    public async Task<bool> Library() => (await _library.ValidateTokenAsync(_token, _rules)).IsValid;
}
