namespace JiraSimulator;

/// <summary>The simulated Jira as a program of its own, to try a client by hand: one site of each kind, and endpoints that emit events and show the
/// deliveries.</summary>
internal static class StandAlone
{
    /// <summary>Builds the program.</summary>
    /// <param name="args">Options of ASP.NET Core, such as <c>--urls</c>, and <c>--AdminWebhookUrl</c>, the target of the site with an administrator's
    /// webhook; <c>--RetryAfter</c>, the time between two attempts instead of 5 to 15 minutes; <c>--Dates Number</c>, the form of dates.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var jira = new SimulatedJira(TimeProvider.System) { RetryAfter = builder.Configuration.GetValue<TimeSpan?>("RetryAfter") };
        jira.AddSite(new SimulatedSiteOptions("acme", SimulatedAuth.OAuth));
        jira.AddSite(new SimulatedSiteOptions("globex", SimulatedAuth.Connect));
        jira.AddSite(new SimulatedSiteOptions("initech", SimulatedAuth.AdminWebhook) { AdminWebhookUrl = builder.Configuration.GetValue<Uri?>("AdminWebhookUrl") });
        foreach (var site in jira.Sites) site.Dates = builder.Configuration.GetValue<DateForm>("Dates");
        builder.Services.AddHostedService(_ => new DeliveryLoop(jira, TimeProvider.System));

        var app = builder.Build();
        app.MapJiraSimulator(jira);
        app.MapControl(jira);
        return app;
    }
}
