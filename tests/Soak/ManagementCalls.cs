using System.Net.Http.Json;
using EndToEnd.Tests.Support;
using LocalHost.Functions;

namespace Soak;

/// <summary>Calls of an operator, to the first host.</summary>
internal sealed class ManagementCalls(Hosts hosts) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(4) };

    /// <summary>The response; null if the host does not run, or ends while it answers.</summary>
    public async Task<HttpResponseMessage?> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri($"http://localhost:{hosts.Ports[0]}{path}"));
            request.Headers.Add(FunctionKey.Header, LocalHostProcess.Key());
            if (body is not null) request.Content = JsonContent.Create(body);
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
