using System.Text.Json;
using System.Threading.Channels;

namespace LocalHost.Inspector;

/// <summary>Sends the rows of deliveries as server-sent events: those that are held, then each new one.</summary>
internal static class DeliveryStream
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static async Task SendAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var log = services.GetRequiredService<DeliveryLog>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var (held, following) = log.Subscribe();
        try
        {
            await SendAsync(context.Response, $"event: held\ndata: {Rows(held)}\n\n", ended.Token);
            while (!ended.IsCancellationRequested)
            {
                var isNew = await WaitAsync(following, services.GetRequiredService<TimeProvider>(), ended.Token);

                // A comment shows both sides that the connection still works.
                await SendAsync(context.Response, isNew ? $"event: new\ndata: {Rows(Take(following))}\n\n" : ":\n\n", ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the host stops.
        }
        finally
        {
            log.Unsubscribe(following);
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<CapturedDelivery> following, TimeProvider clock, CancellationToken ended)
    {
        using var pause = new CancellationTokenSource(KeepAlive, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, ended);
        try
        {
            return await following.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return false;
        }
    }

    private static IEnumerable<CapturedDelivery> Take(ChannelReader<CapturedDelivery> following)
    {
        for (var count = 0; count < DeliveryLog.Most && following.TryRead(out var delivery); count++) yield return delivery;
    }

    private static string Rows(IEnumerable<CapturedDelivery> deliveries) => JsonSerializer.Serialize(deliveries.Select(InspectorJson.Row), InspectorJson.Options);

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
