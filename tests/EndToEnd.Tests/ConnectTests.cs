using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using LocalHost.Connect;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EndToEnd.Tests;

/// <summary>The first grant, by the real flow against the simulated authorization server; the browser is an HTTP client.</summary>
public sealed partial class ConnectTests : IAsyncLifetime
{
    private readonly int _port = LocalHostProcess.FreePort();
    private readonly int _jiraPort = LocalHostProcess.FreePort();
    private readonly string _folder = Directory.CreateTempSubdirectory("connect").FullName;
    private readonly SimulatedJira _jira = new(TimeProvider.System);
    private readonly HttpClient _browser = new();
    private readonly Lines _console = new();
    private WebApplication _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jira.AddSite(new SimulatedSiteOptions("acme", SimulatedAuth.OAuth));
        _server = await LocalServer.StartAsync(_jiraPort, server => server.MapJiraSimulator(_jira), Token);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _console.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Connect_UserAgrees_StoresTheGrantAndPrintsTheSettings()
    {
        var connecting = ConnectAsync(_jira.Sites[0].Options.Secret);

        using var page = await _browser.GetAsync(await AuthorizeUrlAsync(connecting), Token);

        Assert.Equal(0, await connecting);
        Assert.Contains("Done.", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var grant = (await new FileTokenStore(new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://localhost"), TokenFolder = _folder }, TimeProvider.System).ReadAsync("mine", Token))!.Grant;
        Assert.NotNull(grant.AccessToken);
        Assert.Contains($"\"Sites__acme__CloudId\": \"{_jira.Sites[0].Options.CloudId}\"", _console.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(grant.RefreshToken, _console.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_jira.Sites[0].Options.Secret, _console.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Connect_AnswerWithAnotherState_IsRefusedAndChangesNothing()
    {
        var connecting = ConnectAsync(_jira.Sites[0].Options.Secret);
        var url = await AuthorizeUrlAsync(connecting);

        using var forged = await _browser.GetAsync($"http://localhost:{_port}/oauth/callback?code=stolen&state=guessed", Token);

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(connecting.IsCompleted);
        using var page = await _browser.GetAsync(url, Token);
        Assert.Equal(0, await connecting);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Connect_UserDeclines_SaysWhy()
    {
        var connecting = ConnectAsync(_jira.Sites[0].Options.Secret);
        var state = State().Match((await AuthorizeUrlAsync(connecting)).Query).Groups[1].Value;

        using var page = await _browser.GetAsync($"http://localhost:{_port}/oauth/callback?error=access_denied&state={state}", Token);

        Assert.Contains("access_denied", (await Assert.ThrowsAsync<LocalHostException>(() => connecting)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Connect_WrongSecret_SaysWhatToCheck()
    {
        var connecting = ConnectAsync("not-the-secret");

        using var page = await _browser.GetAsync(await AuthorizeUrlAsync(connecting), Token);

        var error = await Assert.ThrowsAsync<LocalHostException>(() => connecting);
        Assert.Contains("client secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A grant that cannot be kept must not be asked for.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Connect_FolderThatCannotBeMade_IsToldBeforeTheConsent()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Token);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ConnectAsync("secret", Path.Combine(file, "tokens")));

        Assert.StartsWith("TokenFolder ", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.Equal("", _console.ToString());
    }

    private Task<int> ConnectAsync(string secret, string? folder = null)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["JIRA_CLIENT_SECRET"] = secret,
            ["AtlassianAuthUrl"] = $"http://localhost:{_jiraPort}",
            ["AtlassianApiUrl"] = $"http://localhost:{_jiraPort}",
            ["TokenFolder"] = folder ?? _folder,
        }).Build();
        return ConnectCommand.RunAsync(_jira.Sites[0].Options.ClientId, "mine", _port, _console, settings, Token);
    }

    private async Task<Uri> AuthorizeUrlAsync(Task connecting)
    {
        if (await Task.WhenAny(_console.AuthorizeUrl, connecting) == connecting) await connecting;
        return _console.AuthorizeUrl.IsCompleted ? await _console.AuthorizeUrl : throw new InvalidOperationException("It ended before it asked for consent.");
    }

    [GeneratedRegex(@"http://localhost:\d+/authorize\S+(?=\s)")]
    private static partial Regex Address();

    [GeneratedRegex("state=([0-9a-f]+)")]
    private static partial Regex State();

    /// <summary>A console that can be read while it is written.</summary>
    private sealed class Lines : TextWriter
    {
        private readonly ConcurrentQueue<string?> _lines = new();
        private readonly TaskCompletionSource<Uri> _authorizeUrl = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> AuthorizeUrl => _authorizeUrl.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            _lines.Enqueue(value);
            if (Address().Match(value ?? "") is { Success: true } found) _authorizeUrl.TrySetResult(new Uri(found.Value));
        }

        public override string ToString() => string.Join('\n', _lines);
    }
}
