using System.Globalization;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Jira;

namespace Fuzz;

/// <summary>A date in an answer of Jira, in its body and in its headers.</summary>
internal static class DateTarget
{
    // The framework takes no more for seconds, also if they are zeros.
    private const int MostDigits = 10;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly DateTimeOffset Earliest = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss.fffzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm'Z'"];

    public static void Run(byte[] input)
    {
        Body(input);

        // These end a header, so that the framework's client never passes them on.
        if (input.AsSpan().IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0) Headers(Encoding.Latin1.GetString(input));
    }

    private static void Body(byte[] input)
    {
        byte[] answer = [.. "{\"expirationDate\":"u8, .. input, .. "}"u8];
        using var document = Json.Parse(answer);

        // The input may have ended the date and begun another member.
        var isDate = document is not null && document.RootElement.EnumerateObject().Count() == 1;
        Webhook? read;
        try
        {
            read = JsonSerializer.Deserialize(answer, JiraJsonContext.Default.Webhook);
        }
        catch (JsonException)
        {
            FuzzTargets.Require(!isDate, "Any JSON is read: what is no date is unknown.");
            return;
        }

        FuzzTargets.Require(read?.ExpirationDate is null || read.ExpirationDate >= Earliest, "A date is unknown or plausible.");
        FuzzTargets.Require(read?.ExpirationDate is null or { Offset.Ticks: 0 }, "A date is UTC.");
        if (!isDate) return;

        var value = document!.RootElement.EnumerateObject().First().Value;
        var expected = value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? Epoch(number) : Exact(Json.Text(value));
        FuzzTargets.Require(expected is null || expected < Earliest || expected == read?.ExpirationDate, "A date of a known form is that moment.");
        FuzzTargets.Require(read?.ExpirationDate is null || value.ValueKind is JsonValueKind.Number or JsonValueKind.String, "A date is a number or a text.");
    }

    private static void Headers(string text)
    {
        var wait = Wait(text, reset: null);
        var reset = Wait(retryAfter: null, text);
        FuzzTargets.Require(IsPlausible(wait) && IsPlausible(reset), "A wait is unknown, or not negative.");

        // The framework takes the white space of HTTP around a header away.
        var trimmed = text.Trim(' ', '\t');
        var isCount = int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && trimmed.Length <= MostDigits;
        var seconds = isCount ? TimeSpan.FromSeconds(count) : (TimeSpan?)null;
        var date = DateTimeOffset.TryParseExact(trimmed, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? Until(moment) : null;
        FuzzTargets.Require(seconds is null || wait == seconds, "Seconds are that wait.");
        FuzzTargets.Require(date is null || wait == date, "A date of HTTP is the wait until then.");
        FuzzTargets.Require(wait is null || text.Any(char.IsAsciiDigit), "Without a number there is no wait.");
        FuzzTargets.Require(Exact(trimmed) is not { } known || reset == Until(known), "A reset of a known form is the wait until then.");

        const string Later = "2023-11-14T22:13:50Z";
        FuzzTargets.Require(Wait(text, Later) == (wait ?? TimeSpan.FromSeconds(30)), "The reset counts only without Retry-After.");
    }

    private static TimeSpan? Wait(string? retryAfter, string? reset)
    {
        using var response = new HttpResponseMessage();
        if (retryAfter is not null) response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        if (reset is not null) response.Headers.TryAddWithoutValidation("X-RateLimit-Reset", reset);
        return RetryAfter.Of(response.Headers, Now);
    }

    private static bool IsPlausible(TimeSpan? wait) => wait is null || (wait >= TimeSpan.Zero && wait <= DateTimeOffset.MaxValue - Now);

    private static TimeSpan? Until(DateTimeOffset date) => date > Now ? date - Now : TimeSpan.Zero;

    private static DateTimeOffset? Epoch(long milliseconds) =>
        milliseconds >= Earliest.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private static DateTimeOffset? Exact(string? text) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;
}
