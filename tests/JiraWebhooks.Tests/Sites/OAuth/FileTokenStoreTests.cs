using JiraWebhooks.Sites.OAuth;

namespace JiraWebhooks.Tests.Sites.OAuth;

public sealed class FileTokenStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jira-grants").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TryWrite_ThenRead_GivesTheSameGrant_Decision12()
    {
        var grant = new OAuthGrant { RefreshToken = "r", AccessToken = "a", AccessTokenExpiresAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) };

        Assert.True(await Store().TryWriteAsync("acme", grant, null, Token));

        Assert.Equal(grant, (await Store().ReadAsync("acme", Token))!.Grant);
    }

    [Fact]
    public async Task TryWrite_AnotherWroteFirst_IsRefused_Decision12()
    {
        await Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = "1" }, null, Token);
        var version = (await Store().ReadAsync("acme", Token))!.Version;

        Assert.True(await Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = "2" }, version, Token));
        Assert.False(await Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = "3" }, version, Token));
        Assert.False(await Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = "4" }, null, Token));

        Assert.Equal("2", (await Store().ReadAsync("acme", Token))!.Grant.RefreshToken);
    }

    [Fact]
    public async Task TryWrite_ManyAtOnce_OneWins_Decision12()
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            Task.Run(() => Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = $"{number}" }, null, Token))));

        Assert.Single(wins, won => won);
    }

    [Fact]
    public async Task TryWrite_File_IsForTheUserAlone_Decision12()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such file modes.");
            return;
        }

        await Store().TryWriteAsync("acme", new OAuthGrant { RefreshToken = "r" }, null, Token);

        foreach (var file in Directory.GetFiles(_folder)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task TryWrite_NameThatIsNoFileName_StaysInTheFolder(string name)
    {
        Assert.True(await Store().TryWriteAsync(name, new OAuthGrant { RefreshToken = "r" }, null, Token));

        Assert.NotNull(await Store().ReadAsync(name, Token));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Theory]
    [InlineData("""{"refresh_token":"secret""")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task Read_BrokenFile_SaysSoWithoutItsText(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "acme.json"), text, Token);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Store().ReadAsync("acme", Token));

        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private FileTokenStore Store() => new(_folder, TimeProvider.System);
}
