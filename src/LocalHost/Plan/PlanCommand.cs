using System.CommandLine;
using LocalHost.Hosting;

namespace LocalHost.Plan;

/// <summary><c>plan</c>: prints what the next refresh will do, and changes nothing. With sites in the settings it asks Jira itself, so that a change of
/// the settings is visible before a host uses it; otherwise it asks the host that runs.</summary>
internal static class PlanCommand
{
    private const int Same = 0;
    private const int Failed = 1;
    private const int Changes = 2;

    public static Command Create(Option<int> port)
    {
        var site = new Option<string?>("--site") { Description = "Only this site." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("plan", "Prints what the next refresh will do with each webhook. Exit code 0: it only keeps and extends; 2: it changes something, or something needs attention; 1: an error.") { site, json, port };
        command.SetAction((arguments, cancellationToken) => CtrlC.EndsAsync(
            RunAsync(LocalSettings.Load(), arguments.GetValue(port), arguments.GetValue(site), arguments.GetValue(json), Console.Out, cancellationToken),
            cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(IConfiguration settings, int port, string? site, bool asJson, TextWriter console, CancellationToken cancellationToken)
    {
        var plans = await AskAsync(settings, port, site, cancellationToken);
        if (plans.Count == 0) throw new LocalHostException(site is null ? "There is no site: add one to the settings or over the API." : $"There is no site {site}.");

        await console.WriteLineAsync(asJson ? PlannedSite.Json(plans) : PlanText.Of(plans));
        if (plans.Any(plan => plan.Error is not null)) return Failed;

        return plans.Any(plan => plan.Plan!.HasChanges) ? Changes : Same;
    }

    private static async Task<IReadOnlyList<PlannedSite>> AskAsync(IConfiguration settings, int port, string? site, CancellationToken cancellationToken)
    {
        var running = LocalSettings.AreForRealSites(settings) ? null : await RunningHost.AskAsync(port, site, cancellationToken);
        return running ?? await OwnPlans.MakeAsync(settings, port, site, cancellationToken);
    }
}
