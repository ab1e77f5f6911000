using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Diagnostics;

/// <summary>Registers the room.</summary>
public static class DiagnosticsServiceCollectionExtensions
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services;
}
