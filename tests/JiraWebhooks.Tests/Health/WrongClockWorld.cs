using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>Runs of the timers of a new instance whose clock may be wrong.</summary>
internal static class WrongClockWorld
{
    public static Task RefreshTimerAsync(this World world) => world.TimerAsync(instance => instance.GetRequiredService<WebhookRefresher>().RunTimerAsync(CancellationToken.None));

    public static Task PollTimerAsync(this World world) => world.TimerAsync(instance => instance.GetRequiredService<FailedDeliveryPoller>().RunTimerAsync(CancellationToken.None));

    /// <summary>The failed deliveries of the Connect site, and no others, are on the bus. While the list counted as closed, a search has found their
    /// issues too.</summary>
    public static void AssertRecovered(this World world, IReadOnlyList<string> identifiers) => Assert.Equal(
        identifiers.Select(identifier => DeliveryIdentity.MessageId(World.Globex, identifier)).Order(),
        world.Publisher.Messages.Where(message => !message.Reconstructed).Select(message => message.MessageId).Distinct().Order());

    private static async Task TimerAsync(this World world, Func<IServiceProvider, Task> run)
    {
        try
        {
            await world.Clock.DriveAsync(run(world.NewInstance()));
        }
        catch (TimerRunException)
        {
            // Jira refuses the tokens of a wrong clock, so every site may fail.
        }
    }
}
