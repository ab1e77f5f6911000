using System.Net;
using System.Text.Json;
using JiraWebhooks.Webhooks;
using LocalHost.Azurite;
using LocalHost.Functions;

namespace LocalHost.Plan;

/// <summary>Asks the LocalHost that runs on this machine for its plans.</summary>
internal static class RunningHost
{
    /// <summary>Returns the plans, or null if no LocalHost listens on <paramref name="port"/>, but nothing or a program that answers something
    /// else.</summary>
    public static async Task<IReadOnlyList<PlannedSite>?> AskAsync(int port, string? site, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
        client.DefaultRequestHeaders.Add(FunctionKey.Header, FunctionKey.Load(Path.Combine(LocalFolder.Path, "key")).Value);
        try
        {
            using var answer = await client.GetAsync("/api/sites", cancellationToken);
            if (answer.StatusCode is not HttpStatusCode.OK) return null;

            var sites = PlannedSite.Read<List<ListedSite>>(await answer.Content.ReadAsStringAsync(cancellationToken));
            var plans = new List<PlannedSite>();
            foreach (var id in sites.Select(one => one.Site).Where(id => site is null || id == site))
            {
                plans.Add(await AskAsync(client, id, cancellationToken));
            }

            return plans;
        }
        catch (Exception wrong) when (wrong is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    private static async Task<PlannedSite> AskAsync(HttpClient client, string site, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync($"/api/sites/{site}/plan", cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode is HttpStatusCode.OK) return new PlannedSite(site, PlannedSite.Read<SitePlan>(text), null);

        return new PlannedSite(site, null, PlannedSite.Read<Problem>(text).Detail);
    }

    private sealed record ListedSite(string Site);

    private sealed record Problem(string Detail);
}
