using JiraWebhooks.Sites;

namespace JiraWebhooks.Health;

/// <summary>Tells how the sites are. The Functions tests put their own in its place.</summary>
public interface IHealthReporter
{
    /// <summary>The state of all sites; with <paramref name="details"/> one by one. Never throws: storage that is away is a finding.</summary>
    Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken);

    /// <summary>The state of one site, always with its details. Never throws for storage.</summary>
    Task<SiteHealth> ReportAsync(Site site, CancellationToken cancellationToken);
}
