using System.Net;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>Token sources, as many as there are instances, on one store, one lease table and one authorization server.</summary>
internal sealed class OAuthHarness
{
    private readonly InMemoryTables _tables = new();

    public OAuthHarness()
    {
        Server = new AuthServer(Clock);
        Store = new MemoryTokenStore();
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    public AuthServer Server { get; }

    public MemoryTokenStore Store { get; }

    public Site Site { get; set; } = StubSites.OAuth with { Grant = "acme" };

    public OAuthGrantClient Client => new(Server, new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://hooks.example.com") }, Clock);

    public OAuthTokenSource NewInstance() => new(
        Store, new LeaseTable(new LazyTable(_tables, "leases"), Clock), Client, Clock, NullLogger<OAuthTokenSource>.Instance);

    /// <summary>Puts a fresh grant in the store, as <c>connect</c> does.</summary>
    public void Connect() => Store.Put("acme", new OAuthGrant { RefreshToken = Server.NewGrant() });
}

/// <summary>Atlassian's rotation as facts 5 describe it: a refresh token may be used again for ten minutes, after which its use revokes everything.</summary>
internal sealed class AuthServer(TimeProvider clock) : HttpMessageHandler, IHttpClientFactory
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (int Family, DateTimeOffset? Used)> _refreshTokens = [];
    private readonly HashSet<int> _revoked = [];
    private int _number;

    /// <summary>Seconds that access tokens live.</summary>
    public int Lifetime { get; set; } = 3600;

    /// <summary>Leaves the refresh token out of the answers, and does not rotate.</summary>
    public bool KeepsRefreshToken { get; set; }

    /// <summary>Runs before the request has an effect, and after; throws in fault tests.</summary>
    public Func<string, Task> At { get; set; } = _ => Task.CompletedTask;

    /// <summary>Answers with this instead, while set.</summary>
    public (int Status, string Body)? Instead { get; set; }

    public List<string> Bodies { get; } = [];

    public string NewGrant()
    {
        var token = $"refresh-{++_number}";
        _refreshTokens[token] = (_number, null);
        return token;
    }

    public void Revoke(string refreshToken) => _revoked.Add(_refreshTokens[refreshToken].Family);

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Bodies.Add(body);
        await At("before");
        var (status, text) = Instead ?? Answer(body);
        await At("after");
        return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }

    private (int Status, string Text) Answer(string body)
    {
        var token = JsonDocument.Parse(body).RootElement.GetProperty("refresh_token").GetString()!;
        if (!_refreshTokens.TryGetValue(token, out var known) || _revoked.Contains(known.Family)) return Refusal;
        if (known.Used is { } used && clock.GetUtcNow() - used > Leeway)
        {
            _revoked.Add(known.Family);
            return Refusal;
        }

        if (KeepsRefreshToken) return (200, $$"""{"access_token":"access-{{++_number}}","expires_in":{{Lifetime}}}""");

        _refreshTokens[token] = (known.Family, known.Used ?? clock.GetUtcNow());
        var next = $"refresh-{++_number}";
        _refreshTokens[next] = (known.Family, null);
        return (200, $$"""{"access_token":"access-{{_number}}","refresh_token":"{{next}}","expires_in":{{Lifetime}}}""");
    }

    private static (int, string) Refusal => (403, """{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}""");
}

/// <summary>A token store with versions, and a hook to make it fail before and after it has written.</summary>
internal sealed class MemoryTokenStore : ITokenStore
{
    private readonly Dictionary<string, StoredGrant> _grants = [];
    private int _version;

    public Func<string, Task> At { get; set; } = _ => Task.CompletedTask;

    public OAuthGrant this[string name] => _grants[name].Grant;

    public void Put(string name, OAuthGrant grant) => _grants[name] = new StoredGrant(grant, $"v{++_version}");

    public async Task<StoredGrant?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await At("read");
        return _grants.GetValueOrDefault(name);
    }

    public async Task<bool> TryWriteAsync(string name, OAuthGrant grant, string? version, CancellationToken cancellationToken)
    {
        await At("before write");
        if (_grants.GetValueOrDefault(name)?.Version != version) return false;
        Put(name, grant);
        await At("after write");
        return true;
    }
}
