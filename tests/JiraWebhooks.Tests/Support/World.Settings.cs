using JiraSimulator;
using JiraWebhooks.Hosting;

namespace JiraWebhooks.Tests.Support;

/// <content>The settings of the instances.</content>
internal sealed partial class World
{
    /// <summary>Settings of the instances made from here on.</summary>
    public Dictionary<string, string?> Settings { get; } = new()
    {
        [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
        [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        ["PublicBaseUrl"] = "https://hooks.example.com",
        ["Publisher"] = "StorageQueue",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["AtlassianApiUrl"] = "http://localhost",
        ["AtlassianAuthUrl"] = "http://localhost",
    };

    public void Subscribe(string site, string name, string jql, params string[] events)
    {
        Settings[$"Sites:{site}:Webhooks:{name}:Jql"] = jql;
        for (var number = 0; number < events.Length; number++) Settings[$"Sites:{site}:Webhooks:{name}:Events:{number}"] = events[number];
    }

    public void Unsubscribe(string site, string name)
    {
        foreach (var key in Settings.Keys.Where(key => key.StartsWith($"Sites:{site}:Webhooks:{name}:", StringComparison.Ordinal)).ToList()) Settings.Remove(key);
    }

    /// <summary>Adds a site with a Connect app and one declared webhook.</summary>
    public void AddConnect(string slug)
    {
        var site = new SimulatedSiteOptions(slug, SimulatedAuth.Connect);
        Jira.AddSite(site);
        Describe(site);
        Subscribe(slug, "issues", "project = SHOP", "jira:issue_updated");
    }

    /// <summary>Takes a site out of the settings, so that it can be added at run time.</summary>
    public void Forget(string site)
    {
        foreach (var key in Settings.Keys.Where(key => key.StartsWith($"Sites:{site}:", StringComparison.Ordinal)).ToList()) Settings.Remove(key);
    }

    /// <summary>Leaves the OAuth site to those who connect it in a browser, with its app in the settings.</summary>
    public void OnboardBrowsers()
    {
        Forget(Acme);
        Settings["OAuthClientId"] = Site(Acme).Options.ClientId;
        Settings["OAuthClientSecret"] = Site(Acme).Options.Secret;
        Settings["Webhooks:issues:Jql"] = "project = SHOP";
        Settings["Webhooks:issues:Events:0"] = "jira:issue_updated";
    }

    /// <summary>The stored callback body of a Connect app's installation.</summary>
    public string Installation(string site) => $$"""
        {
          "key": "{{Site(site).Options.AppKey}}", "clientKey": "{{Site(site).Options.ClientKey}}", "sharedSecret": "{{Site(site).Options.Secret}}",
          "baseUrl": "{{Site(site).Options.Url}}", "apiUrl": "http://localhost/sites/{{site}}", "productType": "jira", "eventType": "installed",
          "webhooks": { "issues": { "events": ["jira:issue_created", "jira:issue_updated"], "jql": "project = SHOP" } }
        }
        """;

    private void Describe(SimulatedSiteOptions site)
    {
        Set("Url", site.Url);
        Set("Secret", site.Secret);
        Set("Scheme", site.Auth.ToString());
        if (site.Auth is SimulatedAuth.OAuth)
        {
            Set("CloudId", site.CloudId);
            Set("ClientId", site.ClientId);
        }
        else if (site.Auth is SimulatedAuth.Connect)
        {
            Set("AppKey", site.AppKey);
            Set("ClientKey", site.ClientKey);
            Set("ApiUrl", $"http://localhost/sites/{site.Slug}");
        }

        void Set(string name, string value) => Settings[$"Sites:{site.Slug}:{name}"] = value;
    }
}
