using Azure;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.OAuth;
using LocalHost.Simulation;

namespace JiraWebhooks.Tests.Sites;

/// <summary>The two places where secrets live. Key Vault is an imitation of its REST contract on loopback: it proves our calls, not the vault.</summary>
[Collection<Clocked>]
public sealed class SecretStoreTests : IAsyncLifetime
{
    private const string Name = "jira-site-globex-shared-secret";

    private readonly string _folder = Directory.CreateTempSubdirectory("secrets").FullName;
    private readonly SimulatedClock _clock = Clocked.NewClock();
    private VaultImitation _vault = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _vault = await VaultImitation.StartAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return _vault.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OurCalls_WriteReadDelete_AreEachOthersOpposite(bool vault)
    {
        var store = Store(vault);
        Assert.Null(await store.ReadAsync(Name, "0123456789abcdef0123456789abcdef", Token));

        var one = await store.WriteAsync(Name, new SecretPair("one"), Token);
        var two = await store.WriteAsync(Name, new SecretPair("two", "one"), Token);
        Assert.Equal(new SecretPair("one"), await store.ReadAsync(Name, one, Token));
        Assert.Equal(new SecretPair("two", "one"), await store.ReadAsync(Name, two, Token));

        await store.DeleteAsync(Name, Token);
        await store.DeleteAsync(Name, Token);
        Assert.Null(await store.ReadAsync(Name, two, Token));

        var three = await _clock.DriveAsync(store.WriteAsync(Name, new SecretPair("three"), Token));
        Assert.Equal(new SecretPair("three"), await store.ReadAsync(Name, three, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_SeveralSecrets_NamesEachOnce(bool vault)
    {
        var store = Store(vault);
        Assert.Empty(await store.ListAsync(Token));

        string[] names = ["jira-site-acme-client-secret", "jira-site-globex-shared-secret", "jira-site-initech-webhook-secret"];
        foreach (var name in names.Concat(names)) await store.WriteAsync(name, new SecretPair("one"), Token);
        await store.DeleteAsync(names[1], Token);

        Assert.Equal([names[0], names[2]], (await store.ListAsync(Token)).Order());
    }

    [Fact]
    public async Task OurCalls_OfTheVault_AreTheseAndNoMore()
    {
        var store = Store(vault: true);
        var revision = await store.WriteAsync(Name, new SecretPair("one"), Token);
        await store.ReadAsync(Name, revision, Token);
        await store.DeleteAsync(Name, Token);

        Assert.Equal([$"PUT secrets/{Name}", $"GET secrets/{Name}/{revision}", $"DELETE secrets/{Name}"], _vault.Requests);
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task OurCalls_VaultRefuses_IsThrownWithoutTheSecret()
    {
        for (var attempt = 0; attempt < 2; attempt++) _vault.Failures.Enqueue(("PUT", 403, "Forbidden"));

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => Store(vault: true).WriteAsync(Name, new SecretPair("leak-5f0c"), Token));

        Assert.Equal(403, error.Status);
        Assert.DoesNotContain("leak-5f0c", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("leak-5f0c")]
    [InlineData("""{"current":""}""")]
    [InlineData("""{"previous":"leak-5f0c"}""")]
    [Trait("Rule", "secrecy")]
    public async Task OurCalls_ValueOfAnotherShape_SaysSoWithoutQuotingIt(string value)
    {
        var written = await _vault.Client(_clock).SetSecretAsync(Name, value, Token);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Store(vault: true).ReadAsync(Name, written.Value.Properties.Version, Token));

        Assert.Contains(Name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("leak", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_OfASecret_IsItsOwnersAlone()
    {
        await Store(vault: false).WriteAsync(Name, new SecretPair("one"), Token);

        var file = Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such modes.");
        else Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task File_NameThatLeadsElsewhere_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store(vault: false).ReadAsync("../etc", "r", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store(vault: false).ReadAsync(Name, "../r", Token));
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public void Pair_Rotated_KeepsTheOneBefore()
    {
        var pair = new SecretPair("one");

        Assert.Equal(new SecretPair("two", "one"), pair.Rotated("two"));
        Assert.Equal(new SecretPair("two", "one"), pair.Rotated("two").Rotated("two"));
        Assert.Equal(new SecretPair("one", "two"), pair.Announced("two"));
        Assert.Equal(new SecretPair("two", "one"), pair.Announced("two").Rotated("two"));
        Assert.DoesNotContain("one", pair.ToString(), StringComparison.Ordinal);
    }

    private ISecretStore Store(bool vault) => vault
        ? new KeyVaultSecretStore(_vault.Client(_clock), _clock)
        : new FileSecretStore(new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://localhost"), TokenFolder = _folder });
}
