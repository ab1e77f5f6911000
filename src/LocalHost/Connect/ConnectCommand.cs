using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using JiraWebhooks;
using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using LocalHost.Azurite;
using LocalHost.Hosting;

namespace LocalHost.Connect;

/// <summary><c>connect</c>: gets the first OAuth grant of a user's app, stores it and prints the settings of the sites it covers.</summary>
internal static class ConnectCommand
{
    private const string CallbackPath = "/oauth/callback";

    public static Command Create(Option<int> port)
    {
        var clientId = new Option<string>("--client-id") { Description = "Client id of the app, from developer.atlassian.com/console.", Required = true };
        var grant = new Option<string>("--grant") { Description = "Name to store the grant under; sites of one grant share it.", DefaultValueFactory = _ => "default" };
        var command = new Command("connect", "Connects an OAuth 2.0 app to its Jira sites. The client secret is read from the environment variable JIRA_CLIENT_SECRET.") { clientId, grant, port };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetValue(clientId)!, arguments.GetValue(grant)!, arguments.GetValue(port), Console.Out, LocalSettings.Load(), cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(string clientId, string grant, int port, TextWriter console, IConfiguration settings, CancellationToken cancellationToken)
    {
        // Not an argument: those are in the shell's history, and every process of the machine sees them.
        var secret = SiteSecret.From(settings["JIRA_CLIENT_SECRET"])
            ?? throw new LocalHostException("Set the environment variable JIRA_CLIENT_SECRET to the app's client secret, from developer.atlassian.com/console.");
        var options = SettingsReader.Read(new ConfigurationBuilder().AddConfiguration(settings)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PublicBaseUrl"] = $"http://localhost:{port}", ["Publisher"] = "StorageQueue" }).Build());
        var redirect = new Uri($"http://localhost:{port}{CallbackPath}");
        var state = RandomNumberGenerator.GetHexString(32, lowercase: true);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder.Services.AddHttpClient(OAuthGrantClient.ClientName);
        builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton<OAuthGrantClient>();
        await using var app = builder.Build();
        var answer = new TaskCompletionSource<(string? Code, string? Error)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var used = 0;
        app.MapGet(CallbackPath, (HttpRequest request) => Callback(request, state, () => Interlocked.Exchange(ref used, 1) == 0, answer));
        await LocalApp.StartAsync(app, port, cancellationToken);

        await console.WriteLineAsync($"The app's callback URL in the developer console must be exactly {redirect}.\nOpen this address in a browser, and agree:\n\n{OAuthAuthorizeUrl.For(options.AtlassianAuthUrl, clientId, redirect, state).AbsoluteUri}\n");
        var (code, error) = await answer.Task.WaitAsync(cancellationToken);
        await app.StopAsync(cancellationToken);
        if (code is null) throw new LocalHostException($"Atlassian did not give a grant: {error}. Start again.");

        await ExchangeAsync(app.Services.GetRequiredService<OAuthGrantClient>(), Store(options, settings), new(clientId, secret, code, redirect, grant), console, cancellationToken);
        return 0;
    }

    private static IResult Callback(HttpRequest request, string state, Func<bool> isFirst, TaskCompletionSource<(string?, string?)> answer)
    {
        var given = Encoding.UTF8.GetBytes(request.Query["state"].ToString());
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(state))) return Results.Text("This answer belongs to no request of ours. Start again from the address on the terminal.\n", statusCode: 400);
        if (!isFirst()) return Results.Text("This answer has been used already.\n", statusCode: 400);

        // Going on ends the server: not before the browser has its page.
        var code = request.Query["code"].ToString();
        request.HttpContext.Response.OnCompleted(() =>
        {
            answer.TrySetResult(code.Length > 0 ? (code, null) : (null, MostOf(request.Query["error"].ToString())));
            return Task.CompletedTask;
        });
        return Results.Text(code.Length > 0 ? "Done. The rest is on the terminal; this page can be closed.\n" : "No grant was given. The terminal says why.\n");
    }

    private static async Task ExchangeAsync(OAuthGrantClient client, FileTokenStore store, Exchange exchange, TextWriter console, CancellationToken cancellationToken)
    {
        OAuthGrant grant;
        IReadOnlyList<AccessibleResource> sites;
        try
        {
            grant = await client.ExchangeAsync(exchange.ClientId, exchange.Secret.Reveal(), exchange.Code, exchange.Redirect, cancellationToken);
            sites = await client.AccessibleResourcesAsync(grant.AccessToken!, cancellationToken);
        }
        catch (Exception error) when (error is GrantRefusedException or HttpRequestException)
        {
            throw new LocalHostException($"{error.Message} Check client id, client secret and callback URL, and start again.");
        }

        while (!await store.TryWriteAsync(exchange.Grant, grant, (await store.ReadAsync(exchange.Grant, cancellationToken))?.Version, cancellationToken))
        {
            // A host that runs meanwhile has renewed the old grant: the new one replaces it.
        }

        await console.WriteLineAsync($"The grant is stored as {exchange.Grant} and covers {sites.Count} site(s). Put this into Values of local.settings.json, with the client secret in place of the dots:\n");
        foreach (var site in sites) await console.WriteLineAsync(ConnectSettings.For(site, exchange.ClientId, exchange.Grant));
    }

    private static FileTokenStore Store(JiraWebhooksOptions options, IConfiguration settings) => new(
        settings["TokenFolder"] is { Length: > 0 } ? options : options with { TokenFolder = Path.Combine(LocalFolder.Path, "tokens") }, TimeProvider.System);

    private static string MostOf(string text) => text.Length switch { 0 => "no reason given", > 100 => text[..100], _ => text };

    private sealed record Exchange(string ClientId, SiteSecret Secret, string Code, Uri Redirect, string Grant);
}
