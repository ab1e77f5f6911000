using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using LocalHost.Azurite;
using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalHost.Plan;

/// <summary>Makes plans in this process: with the settings of now, and with the tables that a running host uses.</summary>
internal static class OwnPlans
{
    public static async Task<IReadOnlyList<PlannedSite>> MakeAsync(IConfiguration settings, int port, string? site, CancellationToken cancellationToken)
    {
        var given = settings["AzureWebJobsStorage"]?.Trim();
        var storage = given is { Length: > 0 } ? given : await AzuriteProcess.FindAsync(LocalStorage.Folder, LocalStorage.Account, cancellationToken);
        await using var own = storage is null ? await AzuriteProcess.StartAsync(LocalStorage.Folder, [LocalStorage.Account], TextWriter.Null, cancellationToken) : null;

        // Built but not started: no timer runs, and nothing listens.
        await using var app = LocalApp.Build(new LocalAppOptions(port, settings, storage ?? own!.ConnectionString(LocalStorage.Account))
        {
            Schedules = false,
            Log = NullLoggerProvider.Instance,
            Key = FunctionKey.New(),
        });
        var sites = await app.Services.GetRequiredService<ISiteStore>().ListAsync(cancellationToken);
        var planner = app.Services.GetRequiredService<SitePlanner>();
        var plans = new List<PlannedSite>();
        foreach (var one in sites.Where(one => site is null || one.Id == site)
            .OrderBy(one => one.Id, StringComparer.Ordinal)) plans.Add(await MakeAsync(planner, one, cancellationToken));
        return plans;
    }

    private static async Task<PlannedSite> MakeAsync(SitePlanner planner, Site site, CancellationToken cancellationToken)
    {
        try
        {
            return new PlannedSite(site.Id, await planner.PlanAsync(site, cancellationToken), null);
        }
        catch (PlanFailedException failed)
        {
            return new PlannedSite(site.Id, null, failed.Message);
        }
    }
}
