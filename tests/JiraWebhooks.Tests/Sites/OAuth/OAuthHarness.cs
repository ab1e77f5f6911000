using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Sites.OAuth;

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

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    public TokenAuthority Authority { get; }

    public TokenEndpoint Endpoint { get; }

    public MemoryTokenStore Store { get; } = new();

    public MemoryLeases Leases { get; }

    public LogRecorder<OAuthTokenSource> Log { get; } = new();

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

    /// <summary>The same with the clock moved on while it waits. Away from the test's own context all continuations run where the clock
    /// is moved, so no time passes that the code has not waited for.</summary>
    public Task<string> DriveAsync(OAuthTokenSource? instance = null, string? rejected = null) => Task.Run(() =>
    {
        var call = GetAsync(instance, rejected);
        var end = Clock.GetUtcNow().AddHours(1);
        while (!call.IsCompleted && Clock.GetUtcNow() < end) Clock.Advance(TimeSpan.FromSeconds(1));
        return call.IsCompleted ? call : throw new InvalidOperationException("Still not done after an hour on the clock of the test.");
    });
}
