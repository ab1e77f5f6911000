using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.OAuth.Schedules;

/// <summary>Two processes with two callers each use one grant for some hours; a dead process is started again. Everything runs on the
/// thread that calls <see cref="Run"/>, in an order drawn from the seed.</summary>
internal sealed class Simulation
{
    private const string Grant = "acme";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private DateTimeOffset _end;
    private readonly MemoryTokenStore _store = new();
    private readonly MemoryLeases _leases;
    private readonly Site _site;
    private readonly List<SimInstance> _instances = [];
    private readonly bool _comparesAndSwaps;
    private int _steps;

    public Simulation(int seed, bool comparesAndSwaps, double faultRate, bool pauses = false)
    {
        _comparesAndSwaps = comparesAndSwaps;
        Network = new SimNetwork(seed, _clock) { FaultRate = faultRate, PausesHappen = pauses };
        _end = _clock.GetUtcNow() + Network.Draw(3000, 8400);
        Authority = new TokenAuthority(_clock) { Lifetime = Network.Draw() < 0.2 ? TimeSpan.FromHours(1) : Network.Draw(330, 900) };
        _leases = new MemoryLeases(_clock);
        _site = StubSites.OAuth with { Grant = Grant, RefreshToken = SiteSecret.From(Authority.Consent()) };
    }

    public SimNetwork Network { get; }

    public TokenAuthority Authority { get; }

    /// <summary>A time from the start in which the store takes no writes.</summary>
    public (TimeSpan From, TimeSpan Until) WritesAway { get; init; }

    /// <summary>True gives a lease to everybody who asks.</summary>
    public bool LeasesExcludeNoOne { get; init; }

    public int Good { get; private set; }

    public int Transient { get; private set; }

    /// <summary>What went wrong beyond repair, or null.</summary>
    public string? Verdict { get; private set; }

    public Simulation Run()
    {
        var starter = new SimInstance("starter", Network);
        starter.Start(() => _ = KeepRunningAsync("one", starter));
        starter.Start(() => _ = KeepRunningAsync("two", starter));
        var start = _clock.GetUtcNow();
        _store.Away = () => _clock.GetUtcNow() - start is var time && time >= WritesAway.From && time < WritesAway.Until;
        _end += WritesAway.Until;
        while (Verdict is null && (_clock.GetUtcNow() < _end || _instances.Exists(instance => !instance.IsDead && instance.Calls > 0)))
        {
            // The last part is calm, so that what is still broken can recover.
            if (_end - _clock.GetUtcNow() < TimeSpan.FromMinutes(25)) Network.FaultRate = 0;
            else if (Network.Draw() < 0.0005) Revoke();
            Network.Step();
            if (++_steps > 200_000) Verdict ??= "it never ends";
        }

        Pass(TimeSpan.FromSeconds(40)); // leases of the dead run out
        for (var check = 0; check < 3 && Verdict is null; check++) Check();
        return this;
    }

    private void Check()
    {
        // A process that knows nothing must be able to go on from what is stored, also after the leeway.
        var last = new SimInstance("last", Network);
        var source = Source(last);
        string? rejected = null;
        for (var time = 0; time < 2; time++)
        {
            Task<string>? call = null;
            last.Start(() => call = source.GetAccessTokenAsync(_site, rejected, CancellationToken.None).AsTask());
            while (!call!.IsCompleted) Network.Step();
            if (call.Exception?.InnerException is { } error) Verdict ??= $"at the end: {error.GetType().Name} {error.Message}";
            else rejected = call.Result;
        }

        if (Verdict is null && !Authority.Accepts(rejected!)) Verdict = "at the end: a token that Atlassian does not know";
        Pass(TimeSpan.FromMinutes(11));
    }

    private void Pass(TimeSpan time)
    {
        for (var until = _clock.GetUtcNow() + time; _clock.GetUtcNow() < until;) Network.Step();
    }

    private async Task KeepRunningAsync(string name, SimInstance starter)
    {
        for (var start = 1; _clock.GetUtcNow() < _end; start++)
        {
            var instance = new SimInstance($"{name}.{start}", Network);
            _instances.Add(instance);
            var source = Source(instance);
            instance.Start(() => _ = CallAsync(instance, source));
            instance.Start(() => _ = CallAsync(instance, source));
            SynchronizationContext.SetSynchronizationContext(starter);
            while (!instance.IsDead && _clock.GetUtcNow() < _end) await Task.Delay(Network.Draw(1, 60), _clock);
        }
    }

    private async Task CallAsync(SimInstance instance, OAuthTokenSource source)
    {
        while (true)
        {
            await Task.Delay(Network.Draw(10, 75), _clock);
            if (instance.IsDead || _clock.GetUtcNow() >= _end) return;

            instance.Calls++;
            try
            {
                await UseAsync(instance, source);
            }
            catch (Exception) when (instance.IsDead)
            {
                return;
            }
            catch (Exception error) when (error is IOException or HttpRequestException or TimeoutException)
            {
                Transient++;
            }
            catch (Exception error)
            {
                Verdict ??= $"{instance.Name}: {error.GetType().Name} {error.Message}";
            }
            finally
            {
                instance.Calls--;
            }
        }
    }

    private async Task UseAsync(SimInstance instance, OAuthTokenSource source)
    {
        var token = await source.GetAccessTokenAsync(_site, null, CancellationToken.None);
        if (instance.IsDead) return;
        if (!Authority.Accepts(token))
        {
            Network.Note($"{instance.Name} gets 401 with {token}");
            var pauses = instance.Pauses;
            var next = await source.GetAccessTokenAsync(_site, token, CancellationToken.None);
            if (instance.IsDead) return;
            if (next == token) Verdict ??= $"{instance.Name} got the rejected token back";
            if (!Authority.Accepts(next) && !Authority.WasRevoked(next) && pauses == instance.Pauses) Verdict ??= $"{instance.Name} got two tokens in a row that Jira refuses";
        }

        Good++;
    }

    private void Revoke()
    {
        Network.Note("Atlassian revokes all access tokens");
        Authority.RevokeAccessTokens();
    }

    private OAuthTokenSource Source(SimInstance instance) => new(
        new SimTokenStore(Network, instance, _store, _comparesAndSwaps),
        LeasesExcludeNoOne ? new OpenLeases() : new SimLeases(Network, instance, _leases),
        new OAuthGrantClient(new SimEndpoint(Network, instance, Authority), OAuthHarness.Options, _clock),
        _clock,
        NullLogger<OAuthTokenSource>.Instance);

    private sealed class OpenLeases : ILeases, IAsyncDisposable
    {
        public Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken) =>
            Task.FromResult<IAsyncDisposable?>(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
