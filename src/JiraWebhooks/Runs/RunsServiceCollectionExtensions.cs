using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Runs;

/// <summary>Registers the runs.</summary>
internal static class RunsServiceCollectionExtensions
{
    /// <summary>Registers <see cref="SiteRuns"/>. It needs an <see cref="IRunReport"/>.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services) => services.AddSingleton<SiteRuns>();
}
