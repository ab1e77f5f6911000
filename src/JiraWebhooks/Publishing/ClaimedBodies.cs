using Azure;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.Publishing;

/// <summary>The stored bodies that messages refer to.</summary>
internal sealed class ClaimedBodies(LazyContainer bodies)
{
    private const string Renewed = "renewed";

    /// <summary>Starts the retention of a body again: the lifecycle rule counts from the last change. Returns false if there is no such body.</summary>
    public async Task<bool> RenewAsync(string reference, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(reference, UriKind.Absolute, out var address)) return false;

        var container = await bodies.GetAsync(cancellationToken);
        try
        {
            var blob = container.GetBlobClient(new JiraBodies(container).NameOf(address));
            await blob.SetMetadataAsync(new Dictionary<string, string> { [Renewed] = now.ToString("O") }, cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception absent) when (absent is ArgumentException or RequestFailedException { Status: 404 })
        {
            return false;
        }
    }
}
