using EndToEnd.Tests.Support;
using static EndToEnd.Tests.Contract.Names;

namespace EndToEnd.Tests.Contract;

/// <summary>Every error of the settings, told at once on stderr with exit code 1, and never a value. Errors of the settings file and of
/// arguments are in <see cref="InvalidInputTests"/>.</summary>
public sealed class SettingsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Settings_WithValuesOfNoUse_StopTheStart() => await AssertAsync(
        new()
        {
            [Setting.Storage] = "hunter2-1",
            [Setting.PublicBaseUrl] = "ftp://hunter2-2.example.com",
            [Setting.Publisher] = "hunter2-3",
            [Setting.KeyVault] = "hunter2-4",
            [Setting.RunParallelism] = "hunter2-16",
            [Setting.TakeOver] = "hunter2-5",
            [Setting.QueueName] = "Hunter2_6",
            [Setting.ClaimCheckContainer] = "hunter2--7",
            [Setting.ClaimCheckThreshold] = "0",
            [Setting.MaxBodyBytes] = "1",
            [Setting.ApiUrl] = "hunter2-8",
            [Setting.AuthUrl] = "http://hunter2-9.example.com",
            [Setting.ClientId] = "hunter2-10",
            [Setting.RefreshSchedule] = "17 3 * * *",
            [Setting.PollSchedule] = "hunter2-11",
            [Setting.TokenFolder] = "/dev/null/hunter2-12",
            [Setting.ApplicationInsights] = "hunter2-13",
            [Setting.ApplicationInsightsIdentity] = "hunter2-14",
            [Setting.Collector] = "hunter2-15",
        },
        [
            $"{Setting.PublicBaseUrl} must be an absolute https address (http only for this machine).",
            $"{Setting.ApiUrl} must be an absolute https address (http only for this machine).",
            $"{Setting.AuthUrl} must be an absolute https address (http only for this machine).",
            $"{Setting.KeyVault} must be an absolute https address (http only for this machine).",
            $"{Setting.QueueName} must be 3 to 63 lower-case letters, digits or single hyphens, with a letter or digit at either end.",
            $"{Setting.ClaimCheckContainer} must be 3 to 63 lower-case letters, digits or single hyphens, with a letter or digit at either end.",
            $"{Setting.ClaimCheckThreshold} must be a whole number of bytes above 0.",
            $"{Setting.MaxBodyBytes} must be a whole number of bytes from 26214400, what Jira sends at most, to 62914560.",
            $"{Setting.RunParallelism} must be a whole number of sites from 1 to 64.",
            $"{Setting.TakeOver} must be true or false.",
            $"{Setting.ClientSecret} is missing: {Setting.ClientId} is of no use without it.",
            $"{Setting.Storage} is not a connection string: set it to UseDevelopmentStorage=true for Azurite, or copy the account's again.",
            $"{Setting.RefreshSchedule} must have six fields (second minute hour day month weekday), like 0 17 3 * * *, that name a time which exists.",
            $"{Setting.PollSchedule} must have six fields (second minute hour day month weekday), like 0 */15 * * * *, that name a time which exists.",
            $"{Setting.Publisher} must be StorageQueue on this host: remove it, and start with --bus for Service Bus.",
            $"{Setting.TokenFolder} cannot be created or written: set it to a folder that your user can write.",
            $"{Setting.ApplicationInsights} is not a connection string: copy it from the Application Insights component (InstrumentationKey=...;IngestionEndpoint=https://...), or remove it.",
            $"{Setting.ApplicationInsightsIdentity} must be ClientId=...;Authorization=AAD, or Authorization=AAD for the identity of the machine.",
            $"{Setting.Collector} must be the absolute http or https address of a collector.",
        ]);

    [Fact(Timeout = Limits.Hang)]
    public async Task Settings_ThatDoNotGoTogether_StopTheStart() => await AssertAsync(
        new()
        {
            [Setting.Storage] = "UseDevelopmentStorage=hunter2-1",
            [Setting.PublicBaseUrl] = "https://example.com/?key=hunter2-2",
            [Setting.Publisher] = "ServiceBus",
            [Setting.ClientSecret] = "hunter2-3",
            [Setting.RefreshSchedule] = "0 0 0 31 2 *",
            [Setting.Site("acme", "Secret")] = "hunter2-4",
        },
        [
            $"{Setting.PublicBaseUrl} must have no query or fragment: Jira drops query parameters on delivery.",
            $"{Setting.ClientId} is missing: {Setting.ClientSecret} is of no use without it.",
            $"{Setting.Storage} is not a connection string: set it to UseDevelopmentStorage=true for Azurite, or copy the account's again.",
            $"{Setting.RefreshSchedule} must have six fields (second minute hour day month weekday), like 0 17 3 * * *, that name a time which exists.",
            $"{Setting.Publisher} must be StorageQueue on this host: remove it, and start with --bus for Service Bus.",
        ]);

    private static async Task AssertAsync(Dictionary<string, string?> settings, string[] errors)
    {
        using var clone = new Clone();
        await using var host = await LocalHostProcess.EndedAsync([], settings, Token, clone);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Equal(["The settings cannot be used:", .. errors.Select(error => $"  - {error}")], host.Errors);
        Assert.DoesNotContain("hunter2", string.Join('\n', host.Errors) + string.Join('\n', host.Output), StringComparison.OrdinalIgnoreCase);
    }
}
