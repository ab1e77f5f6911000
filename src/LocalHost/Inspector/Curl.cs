using System.Text;

namespace LocalHost.Inspector;

/// <summary>A delivery as a command for a POSIX shell, with a placeholder in place of the credential.</summary>
internal static class Curl
{
    public const string Placeholder = "CREDENTIAL";

    // Headers that curl sets, or that belong to the connection.
    private static readonly string[] Own = ["Host", "Content-Length", "Connection", "Transfer-Encoding", "Accept-Encoding", "Expect"];

    public static string Of(CapturedDelivery delivery, Uri baseUrl)
    {
        var text = new StringBuilder($"curl -X POST {Quoted(new Uri(baseUrl, $"/api/deliveries/{Uri.EscapeDataString(delivery.Site)}").AbsoluteUri)}");
        foreach (var header in delivery.Headers.Where(header => !Own.Contains(header.Name, StringComparer.OrdinalIgnoreCase)))
        {
            var value = RequestHeaders.IsCredential(header.Name) ? header.Value.Replace("…", Placeholder, StringComparison.Ordinal) : header.Value;
            text.Append($" \\\n  -H {Quoted($"{header.Name}: {value}")}");
        }

        text.Append(" \\\n  --data-binary ").Append(delivery.BodyBytes > 0 && delivery.Body.Length == delivery.BodyBytes ? Quoted(Encoding.UTF8.GetString(delivery.Body.Span)) : "@body.json");
        return text.ToString();
    }

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
