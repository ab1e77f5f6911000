using FunctionsApp;
using JiraWebhooks;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
try
{
    builder.AddFunctions();
}
catch (SettingsException mistakes)
{
    await Console.Error.WriteLineAsync(mistakes.Message);
    return 1;
}

await builder.Build().RunAsync();
return 0;
