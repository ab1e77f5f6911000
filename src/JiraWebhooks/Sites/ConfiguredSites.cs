using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Sites;

/// <summary>The sites in the settings, read once at start.</summary>
public sealed class ConfiguredSites
{
    private readonly Dictionary<string, Site> _sites = new(StringComparer.Ordinal);

    /// <summary>Reads section <c>Sites</c> of <paramref name="configuration"/>. Never throws for an invalid site: see <see cref="Site.Problem"/>.</summary>
    public ConfiguredSites(IConfiguration configuration, JiraWebhooksOptions options)
    {
        foreach (var section in configuration.GetSection("Sites").GetChildren())
        {
            var site = SiteReader.Read(section, options);
            _sites[site.Id] = site;
        }
    }

    /// <summary>All sites in the settings.</summary>
    public IReadOnlyCollection<Site> All => _sites.Values;

    /// <summary>Returns the site of that id, or null.</summary>
    public Site? Find(string siteId) => _sites.GetValueOrDefault(siteId);
}
