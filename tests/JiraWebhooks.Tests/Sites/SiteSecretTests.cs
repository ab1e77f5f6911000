using JiraWebhooks.Hosting;

namespace JiraWebhooks.Tests.Sites;

public sealed class SiteSecretTests
{
    /// <summary>A vault filled from a file holds the file's last line end; signatures made with it would all be wrong.</summary>
    [Theory]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    [InlineData("\r\n\tsecret ")]
    [InlineData("secret")]
    public void From_BlanksAndLineEndsAround_AreNoPartOfIt_Rule20(string value)
    {
        var secret = SiteSecret.From(value)!;

        Assert.Equal("secret", secret.Reveal());
        Assert.Equal("secret"u8.ToArray(), secret.Bytes.ToArray());
    }

    [Fact]
    public void From_BlanksInside_StayAsTheyAre_Rule20() => Assert.Equal("It's a Secret to Everybody", SiteSecret.From("It's a Secret to Everybody\n")!.Reveal());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("\n@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)")]
    public void From_NothingUsable_IsNull_Decision4(string? value) => Assert.Null(SiteSecret.From(value));
}
