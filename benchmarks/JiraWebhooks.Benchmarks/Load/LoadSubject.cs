using JiraWebhooks.Sites;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>A measured endpoint, its request, and the process that serves it.</summary>
internal sealed record LoadSubject(string Name, LoadClient Client, MeasuredProcess Server)
{
    public const string Octokit = "c Octokit";

    private static readonly (string Name, string Value)[] JiraHeaders =
    [
        ("User-Agent", "Atlassian Webhook HTTP Client"),
        ("X-Atlassian-Webhook-Identifier", LoadClient.Identifier),
        ("X-Atlassian-Webhook-Flow", "Primary"),
    ];

    /// <summary>(a) first and the rivals last, each with bodies of <paramref name="size"/> bytes. (a) gets the same request as the admin webhook.</summary>
    public static IReadOnlyList<LoadSubject> All(int port, MeasuredProcess server, IEnumerable<Rival> rivals, int size)
    {
        var jira = Payloads.Jira(size);
        var gitHub = Payloads.GitHub(size);
        return
        [
            new("a bare Kestrel", Jira(port, LoadServer.BarePath, TestSites.Make(SiteScheme.AdminWebhook), jira), server),
            .. Enum.GetValues<SiteScheme>().Select(TestSites.Make).Select(site =>
                new LoadSubject($"b {site.Scheme}", Jira(port, site, jira), server)),
            new(Octokit, new LoadClient(
                port, LoadServer.OctokitPath, gitHub,
                [
                    ("User-Agent", "GitHub-Hookshot/044aadd"),
                    ("X-Hub-Signature-256", TestSites.Hub(gitHub)),
                    ("X-GitHub-Event", "issues"),
                    ("X-GitHub-Delivery", "0a1b2c3d-1111-2222-3333-444455556666"),
                ]), server),
            .. rivals.SelectMany(rival => rival.Subjects(jira)),
        ];
    }

    /// <summary>Runs one round.</summary>
    public LoadResult Run(int connections, TimeSpan duration) => Cores.Others(() => Client.Run(connections, duration, Server));

    /// <summary>Deliveries of <paramref name="site"/> that the app has not seen before: each has its own identifier.</summary>
    public static LoadClient Jira(int port, Site site, byte[] body) => Jira(port, $"/api/deliveries/{site.Id}", site, body);

    /// <summary>The same to another path.</summary>
    public static LoadClient Jira(int port, string path, Site site, byte[] body) => new(port, path, body, [TestSites.Signature(site, body), .. JiraHeaders]);
}
