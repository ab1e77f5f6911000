using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Api;

/// <summary>What all calls of the management API have in common: their time, how a body is read, and what becomes of an error. Errors are problem
/// details (RFC 9457).</summary>
public sealed partial class ApiCalls(JiraWebhooksOptions options, TimeProvider clock, ILogger<ApiCalls> logger)
{
    /// <summary>The longest time of a call that works step by step. Azure's load balancer ends a call after 230 s, and the caller does not learn the
    /// result (<see href="https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout"/>).</summary>
    internal static readonly TimeSpan CallTime = TimeSpan.FromSeconds(200);

    private const int MostBodyBytes = 256 * 1024;

    /// <summary>Runs a call. A change that has begun is finished even if the caller disconnects.</summary>
    internal async Task<IResult> RunAsync(Func<CancellationToken, Task<IResult>> call)
    {
        try
        {
            using var budget = new CancellationTokenSource(options.RunBudget, clock);
            return await call(budget.Token);
        }
        catch (SiteChangeException wrong)
        {
            return Results.Problem(wrong.Message, statusCode: wrong.Status);
        }
        catch (BrokenBodyException broken)
        {
            return Results.Problem(broken.Message, statusCode: 400);
        }
        catch (ServiceBusException error)
        {
            Log.Failed(logger, $"{nameof(ServiceBusException)} {error.Reason}", null);
            return Results.Problem($"Service Bus cannot be used now ({error.Reason}): try again.", statusCode: 503);
        }
        catch (Exception error)
        {
            Log.Failed(logger, error.GetType().Name, (error as RequestFailedException)?.Status);
            return Results.Problem("Storage or the vault cannot be reached now: try again.", statusCode: 503);
        }
    }

    /// <summary>Runs <paramref name="work"/> until its end or the end of <see cref="CallTime"/>.</summary>
    internal async Task<(T Result, bool IsCut)> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var result = await work(either.Token);
        return (result, limit.IsCancellationRequested);
    }

    /// <summary>Reads the JSON body of a call.</summary>
    /// <exception cref="SiteChangeException">The body is not what the call takes.</exception>
    internal static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        // A foreign web page can make a browser send a form to this API, but not JSON.
        if (!request.HasJsonContentType()) throw new SiteChangeException(415, "Send JSON, with Content-Type: application/json.");
        if (await BoundedBody.ReadAsync(request, MostBodyBytes, cancellationToken) is not { } body) throw new SiteChangeException(413, $"The body has more than {MostBodyBytes} bytes.");

        return Parse(body.Span, type);
    }

    /// <summary>Reads the JSON of a call.</summary>
    /// <exception cref="SiteChangeException">The JSON is not what the call takes.</exception>
    internal static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new SiteChangeException(400, "The body is null.");
        }
        catch (JsonException wrong)
        {
            // The exception's message may quote the body; its path contains only property names.
            throw new SiteChangeException(400, $"The body is not JSON of the shape this call takes, at {wrong.Path ?? "its start"}: see docs/sites.md.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A call of the management API failed: {Error} {Status}.")]
        public static partial void Failed(ILogger logger, string error, int? status);
    }
}
