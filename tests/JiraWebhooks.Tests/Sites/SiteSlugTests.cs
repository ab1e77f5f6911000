using CsCheck;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Tests.Sites;

public sealed class SiteSlugTests
{
    [Theory]
    [InlineData("https://acme.atlassian.net", true, "acme")]
    [InlineData("https://Acme-Corp.atlassian.net", true, "acme-corp")]
    [InlineData("https://acme-corp.atlassian.net", false, "acmecorp")]
    [InlineData("https://-.example.com", true, "site")]
    public void New_AddressOfASite_IsItsFirstLabel(string url, bool hyphens, string slug) => Assert.Equal(slug, SiteSlug.New(new Uri(url), new HashSet<string>(), hyphens));

    [Fact]
    public void New_AnyAddresses_AreValidAndUnique() =>
        Gen.Select(Gen.String[Gen.Char["abz09-_"], 1, 60].Array[1, 12], Gen.Bool).Sample((labels, hyphens) =>
        {
            var taken = new HashSet<string>();
            foreach (var label in labels)
            {
                if (!Uri.TryCreate($"https://a{label}.atlassian.net", UriKind.Absolute, out var url)) continue;

                var slug = SiteSlug.New(url, taken, hyphens);
                Assert.True(SiteSlug.IsValid(slug), slug);
                Assert.Contains(slug, taken);
                if (!hyphens) Assert.DoesNotContain('-', slug);
            }

            Assert.Equal(labels.Count(label => Uri.TryCreate($"https://a{label}.atlassian.net", UriKind.Absolute, out _)), taken.Count);
        });
}
