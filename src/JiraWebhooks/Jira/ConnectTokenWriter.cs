using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Jira;

/// <summary>Creates the token of one Connect call: HS256, bound to method, path and query by <c>qsh</c>, valid for three minutes
/// (docs/jira-behaviour.md#connect-calls,
/// <see href="https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/"/>).</summary>
internal static class ConnectTokenWriter
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(3);
    private static readonly string Header = Base64Url.EncodeToString("""{"typ":"JWT","alg":"HS256"}"""u8);

    public static string Write(Site site, HttpMethod method, Uri uri, DateTimeOffset now)
    {
        var claims = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(claims))
        {
            json.WriteStartObject();
            json.WriteString("iss", site.AppKey);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
            json.WriteString("qsh", QueryStringHash.Compute(method.Method, uri.AbsolutePath, uri.Query, site.ApiUrl.AbsolutePath));
            json.WriteEndObject();
        }

        var signed = $"{Header}.{Base64Url.EncodeToString(claims.WrittenSpan)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(site.Secret!.Bytes, Encoding.UTF8.GetBytes(signed)))}";
    }
}
