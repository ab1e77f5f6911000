using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Http;

namespace LocalHost.Simulation;

internal static class CountedOperations
{
    /// <summary>Counts the operations of the app's HTTP clients and Azure clients as running on <paramref name="clock"/>.</summary>
    public static IServiceCollection AddCountedOperations(this IServiceCollection services, SimulatedClock clock)
    {
        services.AddSingleton<IHttpMessageHandlerBuilderFilter>(new CountingFilter(clock));
        services.AddAzureClients(clients => clients.ConfigureDefaults(options => options.AddPolicy(new CountingPolicy(clock), HttpPipelinePosition.PerCall)));
        return services;
    }

    // Inside the handlers that wait on the clock before a retry.
    private sealed class CountingFilter(SimulatedClock clock) : IHttpMessageHandlerBuilderFilter
    {
        public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
        {
            next(builder);
            builder.AdditionalHandlers.Add(new CountingHandler(clock));
        };
    }
}

/// <summary>Counts an HTTP request as running on <paramref name="clock"/> until its response is complete, including the body.</summary>
internal sealed class CountingHandler(SimulatedClock clock) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var running = clock.Begin();
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        return response;
    }
}

/// <summary>Counts an operation of an Azure SDK, with all its retries, as running on <paramref name="clock"/>.</summary>
internal sealed class CountingPolicy(SimulatedClock clock) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var running = clock.Begin();
        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var running = clock.Begin();
        ProcessNext(message, pipeline);
    }
}
