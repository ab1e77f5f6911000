using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>Answers an HTTP request as the host does: has the function run, and sends the request itself to the worker's own server.</summary>
internal sealed class HttpForwarder(FunctionsHost host, Uri worker) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    private const string Prefix = "api/";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var (function, values) = Find(request);
        request.RequestUri = new Uri(worker, request.RequestUri!.PathAndQuery);
        request.Headers.Add("x-ms-invocation-id", id);

        var invocation = host.InvokeAsync(function, id, "httpTrigger", new() { Http = new() }, values.Select(value => KeyValuePair.Create(value.Key, $"{value.Value}")), cancellationToken);
        var response = ForwardAsync(request, cancellationToken);
        await Task.WhenAll(response, invocation);
        return await response;
    }

    // A worker tells its address before it listens there, and the real host knocks again, too.
    private async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (true)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException refused) when (refused.HttpRequestError is HttpRequestError.ConnectionError && !host.Worker.Ended.IsCompleted)
            {
                await pause.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private (string Function, RouteValueDictionary Values) Find(HttpRequestMessage request)
    {
        foreach (var function in host.Functions)
        {
            var trigger = function.RawBindings.Select(binding => JsonNode.Parse(binding)!).FirstOrDefault(binding => (string?)binding["type"] == "httpTrigger");
            if (trigger is null || !trigger["methods"]!.AsArray().Any(method => request.Method.Equals(HttpMethod.Parse((string?)method)))) continue;

            var values = new RouteValueDictionary();
            var template = TemplateParser.Parse(Prefix + (string?)trigger["route"]);
            if (new TemplateMatcher(template, []).TryMatch(request.RequestUri!.AbsolutePath, values)) return (function.Name, values);
        }

        throw new InvalidOperationException($"No function has the route {request.Method} {request.RequestUri}.");
    }
}
