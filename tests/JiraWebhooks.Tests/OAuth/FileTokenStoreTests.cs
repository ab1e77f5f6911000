using System.Diagnostics;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using LocalHost.Simulation;

namespace JiraWebhooks.Tests.OAuth;

[Collection<Clocked>]
public sealed class FileTokenStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("grants-");
    private readonly SimulatedClock _clock = Clocked.NewClock();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_parent.FullName, "tokens");

    private string GrantFile => Path.Combine(Folder, "acme.json");

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public async Task Read_NothingThere_IsNull() => Assert.Null(await Store().ReadAsync("acme", Token));

    [Fact]
    public async Task TryWrite_ThenRead_GivesTheSameGrant()
    {
        var grant = new OAuthGrant
        {
            RefreshToken = "r\"é",
            AccessToken = "a",
            AccessTokenExpiresAt = new DateTimeOffset(2026, 11, 24, 12, 0, 0, 1, TimeSpan.Zero).AddTicks(7),
            ReconnectRequiredSince = DateTimeOffset.UnixEpoch,
            Reason = "invalid_grant",
        };

        Assert.True(await Store().TryWriteAsync("acme", grant, null, Token));

        Assert.Equal(grant, (await Store().ReadAsync("acme", Token))!.Grant);
    }

    [Fact]
    public async Task TryWrite_AnotherVersion_WritesNothing()
    {
        var store = Store();
        Assert.False(await store.TryWriteAsync("acme", Grant("1"), "some version", Token));
        Assert.True(await store.TryWriteAsync("acme", Grant("1"), null, Token));
        var first = await store.ReadAsync("acme", Token);
        Assert.False(await store.TryWriteAsync("acme", Grant("2"), null, Token));
        Assert.True(await store.TryWriteAsync("acme", Grant("2"), first!.Version, Token));
        Assert.False(await store.TryWriteAsync("acme", Grant("3"), first.Version, Token));

        Assert.Equal("2", (await store.ReadAsync("acme", Token))!.Grant.RefreshToken);
    }

    [Fact]
    public async Task TryWrite_EditedByHand_IsAnotherVersion()
    {
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        var read = await Store().ReadAsync("acme", Token);
        await File.WriteAllTextAsync(GrantFile, """{"refreshToken":"by-hand"}""", Token);

        Assert.False(await Store().TryWriteAsync("acme", Grant("2"), read!.Version, Token));
        Assert.Equal("by-hand", (await Store().ReadAsync("acme", Token))!.Grant.RefreshToken);
    }

    /// <summary>Twenty writers, each with a store of its own as if in a process of its own, and readers that look all the time.</summary>
    [Fact]
    public async Task TryWrite_ManyAtOnce_EachVersionIsReplacedOnceAndNoReaderSeesHalfAFile()
    {
        await Store().TryWriteAsync("acme", Grant("0"), null, Token);
        for (var round = 1; round <= 20; round++)
        {
            var version = (await Store().ReadAsync("acme", Token))!.Version;
            var writing = Task.WhenAll(Enumerable.Range(0, 20).Select(writer => Task.Run(
                () => Store().TryWriteAsync("acme", Grant($"{round}-{writer}-{new string('x', 4000)}"), version, Token), Token)));
            var reading = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => LookAsync(until: writing), Token)));

            Assert.Single(await _clock.DriveAsync(writing), won => won);
            await _clock.DriveAsync(reading);
        }

        // As often as a writer that waits for the lock.
        async Task LookAsync(Task until)
        {
            do
            {
                for (var look = 0; look < 20; look++) Assert.NotNull(await Store().ReadAsync("acme", Token));
                await Task.Delay(TimeSpan.FromMilliseconds(50), _clock, Token);
            }
            while (!until.IsCompleted);
        }
    }

    [Fact]
    public async Task TryWrite_LeftoverOfACrash_IsNeverReadAndIsReplaced()
    {
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        await File.WriteAllTextAsync(Path.Combine(Folder, "acme.tmp"), """{"refreshTok""", Token);

        var read = await Store().ReadAsync("acme", Token);
        Assert.Equal("1", read!.Grant.RefreshToken);
        Assert.True(await Store().TryWriteAsync("acme", Grant("2"), read.Version, Token));
        Assert.Equal(["acme.json", "acme.lock"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task TryWrite_LockHeldForLong_FailsWithoutWriting()
    {
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        var read = await Store().ReadAsync("acme", Token);
        await using var held = new FileStream(Path.Combine(Folder, "acme.lock"), FileMode.Open, FileAccess.Write, FileShare.None);

        await Assert.ThrowsAnyAsync<IOException>(() => _clock.DriveAsync(Store().TryWriteAsync("acme", Grant("2"), read!.Version, Token)));

        Assert.Equal(read, await Store().ReadAsync("acme", Token));
    }

    [Fact]
    public async Task TryWrite_LockOfAnotherProcess_IsWaitedFor()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock(1) of util-linux");
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        var read = await Store().ReadAsync("acme", Token);
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", [Path.Combine(Folder, "acme.lock"), "sh", "-c", "echo held; cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Token));

        var write = Store().TryWriteAsync("acme", Grant("2"), read!.Version, Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(write.IsCompleted);
        other.StandardInput.Close();
        await other.WaitForExitAsync(Token);

        Assert.True(await _clock.DriveAsync(write));
    }

    [Fact]
    public async Task TryWrite_Files_AreForTheOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) throw Xunit.Sdk.SkipException.ForSkip("Unix modes");
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        await Store().TryWriteAsync("acme", Grant("2"), (await Store().ReadAsync("acme", Token))!.Version, Token);

        foreach (var file in Directory.GetFiles(Folder)) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public async Task TryWrite_FileWasOpenToAll_IsClosedByTheNextWrite()
    {
        if (OperatingSystem.IsWindows()) throw Xunit.Sdk.SkipException.ForSkip("Unix modes");
        await Store().TryWriteAsync("acme", Grant("1"), null, Token);
        File.SetUnixFileMode(GrantFile, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.GroupRead);

        await Store().TryWriteAsync("acme", Grant("2"), (await Store().ReadAsync("acme", Token))!.Version, Token);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(GrantFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"accessToken":"leak-5f0c"}""")]
    [InlineData("""{"refreshToken":null,"accessToken":"leak-5f0c"}""")]
    [InlineData("""{"refreshToken":""}""")]
    [InlineData("leak-5f0c")]
    [InlineData("""{"refreshToken":{"leak-5f0c":1}}""")]
    [Trait("Rule", "secrecy")]
    public async Task Read_Damaged_SaysSoWithoutQuotingItAndCanBeReplaced(string text)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(GrantFile, text, Token);

        var read = (await Store().ReadAsync("acme", Token))!;

        Assert.True(read.Grant is { IsUnreadable: true, IsDead: true, AccessToken: null });
        Assert.DoesNotContain("leak", $"{read} {read.Grant.Reason} {read.Grant.RefreshToken}", StringComparison.Ordinal);
        Assert.True(await Store().TryWriteAsync("acme", Grant("1"), read.Version, Token));
        Assert.False((await Store().ReadAsync("acme", Token))!.Grant.IsDead);
    }

    [Theory]
    [InlineData("../acme")]
    [InlineData("a/b")]
    [InlineData("Acme")]
    [InlineData("")]
    [InlineData("acme\n")]
    [InlineData("-acme")]
    public async Task Read_NameThatIsNoSlug_IsRefused(string grant)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store().ReadAsync(grant, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store().TryWriteAsync(grant, Grant("1"), null, Token));
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public void ToString_Grant_HidesItsTokens()
    {
        var grant = new OAuthGrant { RefreshToken = "leak-1", AccessToken = "leak-2", Reason = "invalid_grant" };

        Assert.All(
            [$"{grant}", $"{new StoredGrant(grant, "v")}", $"{new AccessToken("leak-3", DateTimeOffset.UnixEpoch, 0)}", $"{new UnsavedGrant(grant, new StoredGrant(grant, "v"))}"],
            text => Assert.DoesNotContain("leak", text, StringComparison.Ordinal));
    }

    private static OAuthGrant Grant(string refreshToken) => new() { RefreshToken = refreshToken };

    private FileTokenStore Store() => new(new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://hooks.example.com"), TokenFolder = Folder }, _clock);
}
