using System.Text;
using JiraSimulator;

namespace Testing.Attacks;

/// <summary>The sites that the rows attack, one of each kind.</summary>
internal sealed record AttackTarget(SimulatedSiteOptions OAuth, SimulatedSiteOptions Connect, SimulatedSiteOptions Admin)
{
    // Taken when the row is made: tokens are valid for minutes only.
    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public static string Path(SimulatedSiteOptions site) => $"/api/deliveries/{site.Slug}";

    /// <summary>A token of the OAuth site that is valid in everything, unless told otherwise.</summary>
    public string Bearer(string? claims = null, string header = """{"alg":"HS256","typ":"JWT"}""", string? secret = null) =>
        "Bearer " + Jws.Sign(header, claims ?? Claims(), secret ?? OAuth.Secret);

    /// <summary>The claims of such a token.</summary>
    public string Claims(long issued = 0, long expires = 900, string? issuer = null, string? cloudId = null) =>
        $$"""{"iss":"{{issuer ?? OAuth.ClientId}}","iat":{{Now + issued}},"exp":{{Now + expires}},"context":{"cloudId":"{{cloudId ?? OAuth.CloudId}}"} }""";

    /// <summary>A token of the Connect site for a request.</summary>
    public string Jwt(string method = "POST", string? path = null, string query = "", string? issuer = null, string? hash = null, string more = "") => "JWT " + Jws.Sign(
        """{"alg":"HS256","typ":"JWT"}""",
        $$"""{"iss":"{{issuer ?? Connect.ClientKey}}","iat":{{Now}},"exp":{{Now + 900}},"qsh":"{{hash ?? Signatures.QueryHash(method, path ?? Path(Connect), query)}}"{{more}} }""",
        Connect.Secret);

    /// <summary>The header of a body signed by the administrator's webhook.</summary>
    public (string Name, string Value) Hub(byte[] body, string? secret = null) => ("X-Hub-Signature", Signatures.Hub(secret ?? Admin.Secret, body));

    public Attack OfOAuth(string name, string property, string authorization, int status = 401) =>
        new(name, property, status, Wire.Post(Path(OAuth), Wire.Body, ("Authorization", authorization)));

    public Attack OfConnect(string name, string property, string authorization, string? path = null, int status = 401) =>
        new(name, property, status, Wire.Post(path ?? Path(Connect), Wire.Body, ("Authorization", authorization)));

    public Attack OfAdmin(string name, string property, int status, params (string Name, string Value)[] headers) =>
        new(name, property, status, Wire.Post(Path(Admin), Wire.Body, headers));

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
