using System.Net;
using System.Security.Cryptography;
using JiraSimulator;

namespace Soak;

/// <summary>Replaces the secret of the administrator's webhook again and again, in the steps of docs/sites.md: announce, wait, change it in Jira, use it.</summary>
internal sealed class Rotation(SimulatedSite site, ManagementCalls calls, TimeProvider clock)
{
    private static readonly TimeSpan UntilEveryInstanceKnows = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the secret was replaced.</summary>
    public int Done { get; private set; }

    /// <summary>Adds the site to the app.</summary>
    public Task AddAsync(CancellationToken cancellationToken) => CallAsync(
        HttpMethod.Put, $"/api/sites/{site.Options.Slug}", new { scheme = "AdminWebhook", url = site.Options.Url, secret = site.Options.Secret }, cancellationToken);

    /// <summary>Rotates until <paramref name="stop"/>, and finishes what it has begun.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        var path = $"/api/sites/{site.Options.Slug}/secret";
        while (!stop.IsCancellationRequested)
        {
            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            await CallAsync(HttpMethod.Post, path, new { secret, announce = true }, cancellationToken);
            await Task.Delay(UntilEveryInstanceKnows, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;

            site.Rotate(secret);
            await CallAsync(HttpMethod.Post, path, new { secret }, cancellationToken);
            Done++;
        }
    }

    // Until the app has taken it: a host may end while it answers, and each call can be repeated.
    private async Task CallAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = await calls.SendAsync(method, path, body, cancellationToken);
            if (answer is { IsSuccessStatusCode: true }) return;
            if (answer?.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Conflict) throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");

            await Task.Delay(Repeat, clock, cancellationToken);
        }
    }
}
