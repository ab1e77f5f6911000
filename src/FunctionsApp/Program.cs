using FunctionsApp;
using JiraWebhooks.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using var app = FunctionsApplication.CreateBuilder(args).AddFunctions().Build();
try
{
    app.Services.ValidateSettings();
}
catch (OptionsValidationException invalid)
{
    // The Functions host shows a line of stderr only if it contains "error".
    await Console.Error.WriteLineAsync(invalid.OneLine());
    return 1;
}

await app.RunAsync();
return 0;
