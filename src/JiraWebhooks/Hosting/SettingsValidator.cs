using Microsoft.Extensions.Options;

namespace JiraWebhooks.Hosting;

/// <summary>Parses all global settings, so that the start reports every error at once, by the name of the setting and never by its value
/// (docs/architecture.md#time-and-settings). Sites are not part of it: an invalid site stops only that site.</summary>
/// <param name="errorsOfHost">Errors in settings that only the host reads.</param>
internal sealed class SettingsValidator(Func<IEnumerable<string>>? errorsOfHost) : IValidateOptions<SettingsTexts>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SettingsTexts options)
    {
        var errors = new List<string>();
        SettingsParser.Parse(options, errors);
        errors.AddRange(errorsOfHost?.Invoke() ?? []);
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
