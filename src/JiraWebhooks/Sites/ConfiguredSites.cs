using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Sites;

/// <summary>Sites fixed in configuration, read once at start.</summary>
public sealed class ConfiguredSites
{
    private readonly Dictionary<string, Site> _sites = new(StringComparer.Ordinal);

    /// <summary>Reads the section <c>Sites</c> of <paramref name="configuration"/>. Never throws for a bad site: see <see cref="Site.Problem"/>.</summary>
    public ConfiguredSites(IConfiguration configuration, JiraWebhooksOptions options)
    {
        foreach (var section in configuration.GetSection("Sites").GetChildren())
        {
            var site = SiteReader.Read(section, options);
            _sites[site.Id] = site;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Site> All => _sites.Values;

    /// <summary>The site of that id, or null.</summary>
    public Site? Find(string siteId) => _sites.GetValueOrDefault(siteId);
}
