using System.Net;
using JiraWebhooks.OAuth;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Tests.OAuth.Schedules;

/// <summary>The shared store over the network: with a real compare-and-swap, or as Key Vault is, comparing before and writing after.</summary>
internal sealed class SimTokenStore(SimNetwork network, SimInstance instance, MemoryTokenStore store, bool comparesAndSwaps) : ITokenStore
{
    public Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken) =>
        network.AskAsync(instance, "reads", () => store[grant], Broken(), cancellationToken);

    public async Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken)
    {
        if (comparesAndSwaps)
        {
            return await network.AskAsync(
                instance, $"swaps in {value.RefreshToken}", () => store.Write(grant, value, version), Broken(), cancellationToken);
        }

        if ((await network.AskAsync(instance, "compares", () => store[grant], Broken(), cancellationToken))?.Version != version) return false;

        await network.AskAsync(
            instance,
            $"writes {value.RefreshToken}",
            () =>
            {
                store.Overwrite(grant, value);
                return true;
            },
            Broken(),
            cancellationToken);
        return true;
    }

    private static IOException Broken() => new("broken");
}

/// <summary>The shared leases over the network.</summary>
internal sealed class SimLeases(SimNetwork network, SimInstance instance, MemoryLeases leases) : ILeases
{
    public async Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken)
    {
        // A lease counts from when it was asked for, as the row's end is written by the client's clock.
        var owner = await network.AskAsync(instance, "asks for the lease", () => leases.TryAcquire(kind, key, duration), new IOException("broken"), cancellationToken);
        return owner is null ? null : new Held(network, instance, () => leases.Release(kind, key, owner));
    }

    private sealed class Held(SimNetwork network, SimInstance instance, Action release) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await network.AskAsync(
                    instance,
                    "gives the lease back",
                    () =>
                    {
                        release();
                        return true;
                    },
                    new IOException("broken"),
                    CancellationToken.None,
                    maybeLost: false);
            }
            catch (IOException)
            {
                // as the real lease: it runs out by itself
            }
        }
    }
}

/// <summary>The token endpoint over the network.</summary>
internal sealed class SimEndpoint(SimNetwork network, SimInstance instance, TokenAuthority authority) : HttpMessageHandler, IHttpClientFactory
{
    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        var unavailable = network.Draw() < network.FaultRate / 4;
        return await network.AskAsync(
            instance,
            "refreshes",
            () =>
            {
                if (unavailable) return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new ByteArrayContent([]) };

                var answer = authority.Answer(body);
                network.Note($"  Atlassian answers {(int)answer.StatusCode} to {instance.Name}: {answer.Content.ReadAsStringAsync(CancellationToken.None).Result}");
                return answer;
            },
            new HttpRequestException("broken"),
            cancellationToken).ConfigureAwait(false);
    }
}
