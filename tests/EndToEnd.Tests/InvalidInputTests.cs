using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Errors in arguments and settings: one sentence per error says how to fix it. All errors are reported at once, without a stack trace.</summary>
public sealed class InvalidInputTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limits.Hang)]
    [InlineData("--port must be a number from 1 to 65535", "--port", "99999")]
    [InlineData("--port must be a number from 1 to 65535", "--port", "-1")]
    [InlineData("--port must be a number from 1 to 65535", "--port", "web")]
    [InlineData("--port must be a number from 1 to 65535", "connect", "--client-id", "x", "--port", "0")]
    [InlineData("--demo must be a number", "--demo", "abc")]
    [InlineData("--client-id must not be empty", "connect", "--client-id", "")]
    [InlineData("--grant must be 1 to 64 lower-case letters", "connect", "--client-id", "x", "--grant", "My Grant!")]
    public async Task Argument_ThatCannotBe_IsToldInOneSentence(string sentence, params string[] arguments)
    {
        await using var host = await LocalHostProcess.EndedAsync(arguments, new Dictionary<string, string?> { ["JIRA_CLIENT_SECRET"] = "x" }, Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith(sentence, Assert.Single(host.Errors, line => line.Length > 0), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("nonsense")]
    [InlineData("UseDevelopmentStorage=perhaps")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=x;AccountKey=!!hunter2!!;QueueEndpoint=http://127.0.0.1:1/x")]
    public async Task Storage_ThatIsNoConnectionString_IsToldInASentence(string storage)
    {
        await using var host = await LocalHostProcess.EndedAsync([], new Dictionary<string, string?> { ["AzureWebJobsStorage"] = storage }, Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith("  - AzureWebJobsStorage ", Assert.Single(host.Errors.Skip(1)), StringComparison.Ordinal);
        Assert.DoesNotContain(storage, host.Errors.Last(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("""{ "Values": { "A": "1", "A": "2" } }""", "contains A twice")]
    [InlineData("""{ "Values": { "A__B": "1", "a:b": "2" } }""", "contains a:b twice")]
    [InlineData("""{ "Values": { "A": 1 } }""", "A must be a string")]
    [InlineData("""{ "Value": { "A": "1" } }""", "must be JSON with an object Values")]
    [InlineData("""[]""", "must be JSON with an object Values")]
    [InlineData("""{ "Values": """, "must be JSON with an object Values")]
    public async Task SettingsFile_WithAnError_NamesTheKey(string json, string sentence)
    {
        await azurite.NewAccountAsync();
        using var clone = new Clone();
        clone.Settings(json);

        await using var host = await LocalHostProcess.EndedAsync([], new Dictionary<string, string?>(), Token, clone);

        Assert.Equal(1, host.Process.ExitCode);
        var said = Assert.Single(host.Errors);
        Assert.StartsWith(clone.SettingsFile, said, StringComparison.Ordinal);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task SettingsFile_ThatCannotBeRead_IsToldInASentence()
    {
        await azurite.NewAccountAsync();
        using var clone = new Clone();
        clone.Settings("{}");
        await using var held = new FileStream(clone.SettingsFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        await using var host = await LocalHostProcess.EndedAsync([], new Dictionary<string, string?>(), Token, clone);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith(clone.SettingsFile, Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("Open this address", "connect", "--client-id", "x")]
    [InlineData("Day 0", "--demo", "3500")]
    public async Task CtrlC_InTheMiddle_EndsWithoutATrace(string when, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl-C is sent as a signal.");
        await azurite.NewAccountAsync();
        using var clone = new Clone();
        await using var host = LocalHostProcess.Started([.. arguments, .. arguments[0] == "connect" ? ["--port", $"{LocalHostProcess.FreePort()}"] : Array.Empty<string>()],
            new Dictionary<string, string?> { ["JIRA_CLIENT_SECRET"] = "x" }, clone);
        await host.UntilAsync(() => host.Output.Any(line => line.Contains(when, StringComparison.Ordinal)), Token);

        host.Signal("INT");
        await host.EndAsync(Token);

        Assert.Equal(130, host.Process.ExitCode);
        Assert.Empty(host.Errors);
        Assert.DoesNotContain(host.Output, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task CtrlC_WhileAzuriteStarts_EndsWithoutATrace()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl-C is sent as a signal.");
        await azurite.NewAccountAsync();
        using var clone = new Clone();
        var (path, isStarting) = clone.NodeThatNeverListens();
        await using var host = LocalHostProcess.Started([], new Dictionary<string, string?> { ["PATH"] = path }, clone);
        await host.UntilAsync(isStarting, Token);

        host.Signal("INT");
        await host.EndAsync(Token);

        Assert.Equal(130, host.Process.ExitCode);
        Assert.Empty(host.Errors);
        Assert.DoesNotContain(host.Output, line => line.Contains("Exception", StringComparison.Ordinal));
    }
}
