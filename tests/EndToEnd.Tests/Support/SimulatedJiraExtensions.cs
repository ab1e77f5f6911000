using JiraSimulator;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests.Support;

internal static class SimulatedJiraExtensions
{
    /// <summary>Jira delivers what is due, and again what got no 200, without waiting for its time.</summary>
    public static async Task DeliverAllAsync(this SimulatedJira jira, FakeTimeProvider clock, HttpClient client, CancellationToken cancellationToken)
    {
        while (jira.NextDue is { } due)
        {
            if (due > clock.GetUtcNow()) clock.SetUtcNow(due);
            await jira.DeliverDueAsync(client, cancellationToken);
        }
    }
}
