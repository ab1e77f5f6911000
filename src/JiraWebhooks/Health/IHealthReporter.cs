using JiraWebhooks.Sites;

namespace JiraWebhooks.Health;

/// <summary>Reports the state of the sites. The tests of the Functions app replace it.</summary>
public interface IHealthReporter
{
    /// <summary>The state of all sites; with <paramref name="details"/> one by one. Never throws: unavailable storage is part of the report.</summary>
    Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken);

    /// <summary>The state of each of <paramref name="some"/>, in their order, always with details. Never throws because of storage.</summary>
    Task<IReadOnlyList<SiteHealth>> ReportAsync(IReadOnlyList<Site> some, CancellationToken cancellationToken);
}
