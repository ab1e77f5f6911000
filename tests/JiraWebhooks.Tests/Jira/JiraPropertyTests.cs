using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using JiraWebhooks.Jira;

namespace JiraWebhooks.Tests.Jira;

public sealed class JiraPropertyTests
{
    private static readonly Gen<(string Name, string Value)[]> Parameters =
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 6], Gen.String[Gen.Char["aZ0 +*%&=,.~é☃/"], 0, 8]).Array[0, 6];

    [Fact]
    [Trait("Rule", "expiry-dates")]
    public void Date_InAnyFormAndZone_IsTheSameMoment() =>
        Gen.Select(Gen.Long[978_307_200_000, 4_102_444_800_000], Gen.Int[-14 * 4, 14 * 4]).Sample((milliseconds, quarters) =>
        {
            var moment = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToOffset(TimeSpan.FromMinutes(15 * quarters));
            string[] forms =
            [
                $"{milliseconds}",
                $"\"{moment:yyyy-MM-dd'T'HH:mm:ss.fff}{moment.Offset.Hours:+00;-00}{Math.Abs(moment.Offset.Minutes):00}\"",
                $"\"{moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)}\"",
                $"\"{moment.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}Z\"",
            ];

            // An offset between 0 and -1 h has no sign on its hours: the first ISO form cannot write it.
            if (quarters is < 0 and > -4) forms = [forms[0], forms[2], forms[3]];
            Assert.All(forms, form => Assert.Equal(moment, Read(form)));
        });

    [Fact]
    [Trait("Rule", "expiry-dates")]
    public void Date_AnyText_IsADateOrUnknown() =>
        Gen.String.Sample(text => _ = Read(JsonSerializer.Serialize(text)));

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_AnyOrderOfParameters_IsTheSame() =>
        Gen.Select(Parameters, Gen.Int).Sample((parameters, seed) =>
        {
            var shuffled = parameters.ToArray();
            new Random(seed).Shuffle(shuffled);

            Assert.Equal(QueryStringHash.Compute("GET", "/p", Query(parameters)), QueryStringHash.Compute("GET", "/p", Query(shuffled)));
        });

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_SpacesAsPlusOrEscaped_AreTheSame() =>
        Parameters.Sample(parameters =>
        {
            var query = Query(parameters);
            Assert.Equal(QueryStringHash.Canonical("GET", "/p", query), QueryStringHash.Canonical("GET", "/p", query.Replace("%20", "+", StringComparison.Ordinal)));
        });

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public void QueryHash_CanonicalOfCanonical_IsItself() =>
        Parameters.Where(parameters => parameters.Select(parameter => parameter.Name).Distinct().Count() == parameters.Length).Sample(parameters =>
        {
            var canonical = QueryStringHash.Canonical("GET", "/p", Query(parameters));
            Assert.Equal(canonical, QueryStringHash.Canonical("GET", "/p", canonical["GET&/p&".Length..]));
        });

    private static string Query((string Name, string Value)[] parameters) =>
        string.Join('&', parameters.Where(parameter => parameter.Name != "jwt").Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));

    private static DateTimeOffset? Read(string json) =>
        JsonSerializer.Deserialize(Encoding.UTF8.GetBytes($$"""{"expirationDate":{{json}}}"""), JiraJsonContext.Default.Webhook)!.ExpirationDate;
}
