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
    [Trait("Rule", "secret-rotation")]
    public void From_BlanksAndLineEndsAround_AreNoPartOfIt(string value)
    {
        var secret = SiteSecret.From(value)!;

        Assert.Equal("secret", secret.Reveal());
        Assert.Equal("secret"u8.ToArray(), secret.Bytes.ToArray());
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public void From_BlanksInside_StayAsTheyAre() => Assert.Equal("It's a Secret to Everybody", SiteSecret.From("It's a Secret to Everybody\n")!.Reveal());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("\n@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void From_NothingUsable_IsNull(string? value) => Assert.Null(SiteSecret.From(value));
}
