using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JiraWebhooks.Hosting;

/// <summary>Registers the global settings.</summary>
public static class SettingsServiceCollectionExtensions
{
    /// <summary>Registers <see cref="JiraWebhooksOptions"/>. The start throws <see cref="OptionsValidationException"/> with every error in
    /// <paramref name="configuration"/> and of <paramref name="errorsOfHost"/>, by name and never by value.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration, Func<IEnumerable<string>>? errorsOfHost = null)
    {
        services.AddOptions<SettingsTexts>().Configure(texts => texts.Read(configuration)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SettingsTexts>>(new SettingsValidator(errorsOfHost));

        // The monitor has the instance that the start has validated; IOptions would read and validate another.
        return services.AddSingleton(provider => SettingsParser.Parse(provider.GetRequiredService<IOptionsMonitor<SettingsTexts>>().CurrentValue, []));
    }

    /// <summary>Checks the settings now, before the host starts and logs a failed start with a stack trace.</summary>
    /// <exception cref="OptionsValidationException">A global setting is missing or invalid; it lists every error.</exception>
    public static void ValidateSettings(this IServiceProvider services) => services.GetRequiredService<IStartupValidator>().Validate();

    /// <summary>The errors as one line for the log of a host.</summary>
    public static string OneLine(this OptionsValidationException invalid) =>
        $"Error: the settings are invalid: {string.Join("; ", invalid.Failures.Select(sentence => sentence.TrimEnd('.')))}";
}
