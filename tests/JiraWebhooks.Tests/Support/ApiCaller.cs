using System.Text;
using System.Text.Json;
using JiraWebhooks.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Support;

/// <summary>An answer of the management API.</summary>
internal sealed record ApiAnswer(int Status, string Text, string? ETag)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The sentence of a problem document.</summary>
    public string Detail => Json.GetProperty("detail").GetString()!;

    /// <summary>A site's state.</summary>
    public string State => Json.GetProperty("health").GetProperty("state").GetString()!;
}

/// <summary>Calls the management API of one instance as both hosts do.</summary>
internal sealed class ApiCaller(IServiceProvider services)
{
    public async Task<ApiAnswer> CallAsync(Func<SitesApi, HttpRequest, Task<IResult>> call, string? json = null, string? ifMatch = null, string query = "", string contentType = "application/json")
    {
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider() };
        context.Request.QueryString = new QueryString(query);
        if (json is not null)
        {
            context.Request.ContentType = contentType;
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(json));
        }

        if (ifMatch is not null) context.Request.Headers.IfMatch = ifMatch;
        context.Response.Body = answer;
        await (await call(services.GetRequiredService<SitesApi>(), context.Request)).ExecuteAsync(context);
        return new ApiAnswer(context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers.ETag);
    }

    public Task<ApiAnswer> ImportAsync(string site, string json) => CallAsync((api, request) => api.ImportAsync(request, site), json);

    public Task<ApiAnswer> PutAsync(string site, string json, string? ifMatch = null) => CallAsync((api, request) => api.PutAsync(request, site), json, ifMatch);

    public Task<ApiAnswer> ShowAsync(string site) => CallAsync((api, request) => api.ShowAsync(request, site));

    public Task<ApiAnswer> RotateAsync(string site, string json) => CallAsync((api, request) => api.RotateAsync(request, site), json);

    public Task<ApiAnswer> DisableAsync(string site, string json = "{}") => CallAsync((api, request) => api.DisableAsync(request, site), json);

    public Task<ApiAnswer> EnableAsync(string site) => CallAsync((api, request) => api.EnableAsync(request, site));

    public Task<ApiAnswer> RemoveAsync(string site) => CallAsync((api, request) => api.RemoveAsync(request, site));

    public Task<ApiAnswer> RefreshAsync(string site) => CallAsync((api, request) => api.RefreshAsync(request, site));

    public Task<ApiAnswer> RecoverAsync(string site, string query) => CallAsync((api, request) => api.RecoverAsync(request, site), query: query);
}
