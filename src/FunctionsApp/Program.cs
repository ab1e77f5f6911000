using FunctionsApp;
using JiraWebhooks.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
try
{
    builder.AddFunctions();
}
catch (SettingsException invalid)
{
    // The Functions host shows a line of stderr only if it contains "error".
    await Console.Error.WriteLineAsync($"Error: the settings are invalid: {string.Join("; ", invalid.Mistakes.Select(sentence => sentence.TrimEnd('.')))}");
    return 1;
}

await builder.Build().RunAsync();
return 0;
