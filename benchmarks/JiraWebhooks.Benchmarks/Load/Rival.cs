namespace JiraWebhooks.Benchmarks.Load;

/// <summary>The running server of another project, and what is measured of it with a given body.</summary>
internal sealed class Rival(MeasuredProcess server, Func<byte[], IEnumerable<(string Name, LoadClient Client)>> clients) : IDisposable
{
    /// <summary>False for a server that does not end when its standard input closes.</summary>
    public bool ListensToInput { get; init; } = true;

    /// <summary>Starts those whose tools are on this machine, and prints what is missing for the others.</summary>
    public static async Task<IReadOnlyList<Rival>> StartAllAsync()
    {
        var rivals = new List<Rival>();
        foreach (var start in (Func<Task<Rival>>[])[ExpressServer.StartAsync, WebhookServer.StartAsync])
        {
            try
            {
                rivals.Add(await start());
            }
            catch (RivalMissingException missing)
            {
                Console.WriteLine(missing.Message);
            }
        }

        return rivals;
    }

    public IEnumerable<LoadSubject> Subjects(byte[] body) => clients(body).Select(client => new LoadSubject(client.Name, client.Client, server));

    public void Dispose()
    {
        if (!ListensToInput) server.Kill();
        server.Dispose();
    }
}

/// <summary>A rival cannot be measured on this machine; the message says what is missing.</summary>
internal sealed class RivalMissingException(string message, Exception innerException) : Exception(message, innerException);
