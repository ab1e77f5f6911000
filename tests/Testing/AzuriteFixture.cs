using LocalHost.Azurite;

namespace Testing;

/// <summary>One real Azurite for all tests of the assembly, started by the first that asks. Every test gets an account of its own.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private static readonly IReadOnlyList<string> Accounts = [.. Enumerable.Range(1, 400).Select(number => $"test{number}")];

    private readonly Lazy<Task<AzuriteProcess>> _azurite =
        new(() => AzuriteProcess.StartAsync(location: null, Accounts, TextWriter.Null, CancellationToken.None));

    private int _given;

    /// <summary>Connection string of an empty storage account. Skips the test where Azurite cannot be had, unless REQUIRE_ALL is 1.</summary>
    public async Task<string> NewAccountAsync()
    {
        try
        {
            return (await _azurite.Value).ConnectionString(Accounts[Interlocked.Increment(ref _given) - 1]);
        }
        catch (AzuriteException missing) when (Environment.GetEnvironmentVariable("REQUIRE_ALL") != "1")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _azurite.Value).DisposeAsync();
    }
}
