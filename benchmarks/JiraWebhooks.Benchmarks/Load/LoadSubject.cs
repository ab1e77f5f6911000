using JiraWebhooks.Sites;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>A measured endpoint and its request.</summary>
internal sealed record LoadSubject(string Name, LoadClient Client)
{
    private static readonly (string Name, string Value)[] JiraHeaders =
    [
        ("User-Agent", "Atlassian Webhook HTTP Client"),
        ("X-Atlassian-Webhook-Identifier", LoadClient.Identifier),
        ("X-Atlassian-Webhook-Flow", "Primary"),
    ];

    /// <summary>(a) first and (c) last, each with bodies of <paramref name="size"/> bytes. (a) gets the same request as the admin webhook.</summary>
    public static IReadOnlyList<LoadSubject> All(int port, int size)
    {
        var jira = Payloads.Jira(size);
        var gitHub = Payloads.GitHub(size);
        return
        [
            new("a bare Kestrel", Jira(port, LoadServer.BarePath, TestSites.Make(SiteScheme.AdminWebhook), jira)),
            .. Enum.GetValues<SiteScheme>().Select(TestSites.Make).Select(site =>
                new LoadSubject($"b {site.Scheme}", Jira(port, site, jira))),
            new("c Octokit", new LoadClient(
                port, LoadServer.OctokitPath, gitHub,
                [
                    ("User-Agent", "GitHub-Hookshot/044aadd"),
                    ("X-Hub-Signature-256", TestSites.Hub(gitHub)),
                    ("X-GitHub-Event", "issues"),
                    ("X-GitHub-Delivery", "0a1b2c3d-1111-2222-3333-444455556666"),
                ])),
        ];
    }

    /// <summary>Deliveries of <paramref name="site"/> that the app has not seen before: each has its own identifier.</summary>
    public static LoadClient Jira(int port, Site site, byte[] body) => Jira(port, $"/api/deliveries/{site.Id}", site, body);

    private static LoadClient Jira(int port, string path, Site site, byte[] body) => new(port, path, body, [TestSites.Signature(site, body), .. JiraHeaders]);
}
