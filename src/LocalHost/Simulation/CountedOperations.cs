using Azure.Core;
using Azure.Core.Pipeline;

namespace LocalHost.Simulation;

/// <summary>Counts an HTTP request as running on <paramref name="clock"/> until its answer is here, the body included.</summary>
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

/// <summary>Counts an operation of an Azure SDK as running on <paramref name="clock"/>, with all its retries.</summary>
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
