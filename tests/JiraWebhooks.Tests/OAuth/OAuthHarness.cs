using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using LocalHost.Simulation;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>Instances that share a store, leases, a clock and Atlassian.</summary>
internal sealed class OAuthHarness
{
    public const string Grant = "acme";
    public const string ClientSecret = "a-client-secret-of-the-test-0123456789";

    public OAuthHarness()
    {
        Authority = new TokenAuthority(Clock);
        Endpoint = new TokenEndpoint(Authority);
        Leases = new MemoryLeases(Clock);
        Seed = Authority.Consent();
        Site = StubSites.OAuth with { Grant = Grant, Secret = SiteSecret.From(ClientSecret), RefreshToken = SiteSecret.From(Seed) };
        One = Instance();
        Two = Instance();
    }

    public SimulatedClock Clock { get; } = Clocked.NewClock();

    public TokenAuthority Authority { get; }

    public TokenEndpoint Endpoint { get; }

    public MemoryTokenStore Store { get; } = new();

    public MemoryLeases Leases { get; }

    public FakeLogger<OAuthTokenSource> Log { get; } = new();

    /// <summary>The refresh token of the settings.</summary>
    public string Seed { get; }

    public Site Site { get; }

    public OAuthTokenSource One { get; }

    public OAuthTokenSource Two { get; }

    public static JiraWebhooksOptions Options { get; } = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    public OAuthGrantClient Client => new(Endpoint, Options, Clock);

    public OAuthGrant? Stored => Store[Grant]?.Grant;

    public OAuthTokenSource Instance() => new(Store, Leases, Client, Clock, Log);

    public Task<string> GetAsync(OAuthTokenSource? instance = null, string? rejected = null, Site? site = null) =>
        (instance ?? One).GetAccessTokenAsync(site ?? Site, rejected, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The same with the clock moved on while it waits.</summary>
    public Task<string> DriveAsync(OAuthTokenSource? instance = null, string? rejected = null) => Clock.DriveAsync(GetAsync(instance, rejected));
}
