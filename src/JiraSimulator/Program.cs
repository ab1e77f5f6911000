using JiraSimulator;

// A stand-alone Jira to try a client by hand: one site of each kind, no events.
var app = WebApplication.CreateBuilder(args).Build();
var jira = new SimulatedJira(TimeProvider.System);
jira.AddSite(new SimulatedSiteOptions("acme", SimulatedAuth.OAuth));
jira.AddSite(new SimulatedSiteOptions("globex", SimulatedAuth.Connect));
app.MapJiraSimulator(jira);
app.Run();
