using System.CommandLine;
using System.CommandLine.Parsing;
using JiraWebhooks.Api;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using LocalHost.Hosting;

namespace LocalHost.Connect;

/// <summary><c>connect</c>: gets the first OAuth grant of an app, stores it and prints the settings of the sites that it covers.</summary>
internal static class ConnectCommand
{
    private const string CallbackPath = "/oauth/callback";

    public static Command Create(Option<int> port)
    {
        var clientId = new Option<string>("--client-id") { Description = "Client id of the app, from developer.atlassian.com/console.", Required = true };
        var grant = new Option<string>("--grant") { Description = "Name of the stored grant; all its sites share it.", DefaultValueFactory = _ => "default" };
        clientId.Validators.Add(result => Refuse(result, string.IsNullOrWhiteSpace, "--client-id must not be empty: copy it from the developer console."));
        grant.Validators.Add(result => Refuse(result, name => !GrantName.IsValid(name), "--grant must be 1 to 64 lower-case letters, digits or hyphens."));
        var command = new Command("connect", "Connects an OAuth 2.0 app to its Jira sites. The client secret is read from the environment variable JIRA_CLIENT_SECRET.") { clientId, grant, port };
        command.SetAction((arguments, cancellationToken) =>
            CtrlC.EndsAsync(
                RunAsync(arguments.GetValue(clientId)!, arguments.GetValue(grant)!, arguments.GetValue(port), Console.Out, LocalSettings.Load(), cancellationToken),
                cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(string clientId, string grant, int port, TextWriter console, IConfiguration settings, CancellationToken cancellationToken)
    {
        grant = grant.Trim().ToLowerInvariant();
        if (!GrantName.IsValid(grant)) throw new LocalHostException($"{GrantName.Rule}: choose another --grant.");

        // Not an argument: the shell's history keeps arguments, and every process of the machine sees them.
        var secret = SiteSecret.From(settings["JIRA_CLIENT_SECRET"])
            ?? throw new LocalHostException("Set the environment variable JIRA_CLIENT_SECRET to the app's client secret, from developer.atlassian.com/console.");
        var asking = new OAuthApp(clientId, secret, new Uri($"http://localhost:{port}{CallbackPath}"));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder.Services.AddHttpClient(OAuthGrantClient.ClientName);
        builder.Services.AddSettings(Settings(settings, port), () => LocalErrors.TokenFolder(settings)).AddSingleton(TimeProvider.System).AddSingleton<OAuthGrantClient>();
        builder.Services.AddSingleton<ITicketStore, MemoryTickets>().AddSingleton<OAuthConsent>();
        await using var app = builder.Build();
        app.Services.ValidateSettings();
        var consent = app.Services.GetRequiredService<OAuthConsent>();
        var answer = new TaskCompletionSource<Consent>(TaskCreationOptions.RunContinuationsAsynchronously);
        app.MapGet(CallbackPath, (HttpRequest request) => CallbackAsync(request, asking, consent, answer));
        await LocalApp.StartAsync(app, port, cancellationToken);

        // The person at the terminal opens the address: there is no browser yet to bind the state to.
        var address = await consent.StartAsync(asking, OAuthConsent.NewSecret(), grant, browser: null, cancellationToken);
        await console.WriteLineAsync($"The app's callback URL in the developer console must be exactly {asking.RedirectUri}.\nOpen this address in a browser, and agree:\n\n{address.AbsoluteUri}\n");
        Consent given;
        try
        {
            given = await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            // Stops without cancellation, whatever the result: the browser must receive its page.
            await app.StopAsync(CancellationToken.None);
        }

        await SaveAsync(given, clientId, grant, new FileTokenStore(app.Services.GetRequiredService<JiraWebhooksOptions>(), TimeProvider.System), console, cancellationToken);
        return 0;
    }

    // The user's settings, with valid values for those that this command does not use.
    private static IConfiguration Settings(IConfiguration settings, int port) => new ConfigurationBuilder()
        .AddConfiguration(settings)
        .AddInMemoryCollection(Schedules.Defaults.Select(schedule => KeyValuePair.Create(schedule.Key, (string?)schedule.Value)))
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PublicBaseUrl"] = $"http://localhost:{port}",
            ["Publisher"] = "StorageQueue",
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["TokenFolder"] = LocalErrors.Tokens(settings),
        })
        .Build();

    private static async Task<IResult> CallbackAsync(HttpRequest request, OAuthApp asking, OAuthConsent consent, TaskCompletionSource<Consent> answer)
    {
        var query = request.Query;
        try
        {
            var given = await consent.FinishAsync(asking, query["state"], query["code"], query["error"], browser: null, CancellationToken.None);
            Then(() => answer.TrySetResult(given));
            return Results.Text("Done. Continue at the terminal; you can close this page.\n");
        }
        catch (OnboardingException wrong)
        {
            if (!wrong.IsForeign) Then(() => answer.TrySetException(new LocalHostException(wrong.Message)));
            return Results.Text(wrong.Message + "\n", statusCode: wrong.Status);
        }

        // Continuing stops the server, so it waits until the browser has its page.
        void Then(Action goOn) => request.HttpContext.Response.OnCompleted(() =>
        {
            goOn();
            return Task.CompletedTask;
        });
    }

    private static async Task SaveAsync(Consent given, string clientId, string grant, FileTokenStore store, TextWriter console, CancellationToken cancellationToken)
    {
        while (!await store.TryWriteAsync(grant, given.Grant, (await store.ReadAsync(grant, cancellationToken))?.Version, cancellationToken))
        {
            // A host that runs at the same time has refreshed the old grant: the new one replaces it.
        }

        await console.WriteLineAsync($"The grant is stored as {grant} and covers {given.Sites.Count} site(s). Add this to Values of local.settings.json, and replace the dots with the client secret:\n");
        foreach (var settings in ConnectSettings.For(given.Sites, clientId, grant)) await console.WriteLineAsync(settings);
    }

    private static void Refuse(OptionResult result, Predicate<string> cannotBe, string sentence)
    {
        if (result.Tokens is [{ Value: var text }] && cannotBe(text)) result.AddError(sentence);
    }
}
