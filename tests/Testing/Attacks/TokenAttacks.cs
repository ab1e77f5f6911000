using System.Security.Cryptography;
using System.Text;

namespace Testing.Attacks;

/// <summary>Forged and confused tokens (<see href="https://www.rfc-editor.org/rfc/rfc8725"/>). Rows whose token has a valid signature show that the
/// signature alone is not enough.</summary>
internal static class TokenAttacks
{
    public static IEnumerable<Attack> Of(AttackTarget on)
    {
        var valid = on.Bearer();
        var parts = valid["Bearer ".Length..].Split('.');

        // Without a valid signature.
        yield return on.OfOAuth("no token", "a credential is required", "");
        yield return on.OfOAuth("alg none, no signature", "an unsigned token is refused", $"Bearer {Jws.Part("""{"alg":"none"}""")}.{parts[1]}.");
        yield return on.OfOAuth("alg nOnE, no signature", "its spelling does not matter", $"Bearer {Jws.Part("""{"alg":"nOnE"}""")}.{parts[1]}.");
        yield return on.OfOAuth("other claims, old signature", "claims are signed", $"Bearer {parts[0]}.{Jws.Part(on.Claims(cloudId: "other"))}.{parts[2]}");
        yield return on.OfOAuth("other header, old signature", "the header is signed", $"Bearer {Jws.Part("""{"alg":"HS256","typ":"jwt"}""")}.{parts[1]}.{parts[2]}");
        yield return on.OfOAuth("31 bytes of the signature", "all of the signature is compared", $"Bearer {parts[0]}.{parts[1]}.{parts[2][..^2]}");
        yield return on.OfOAuth("signature and a padding sign", "base64url has no padding", valid + "=");
        yield return on.OfOAuth("signature in the other alphabet", "base64url has its own alphabet", $"Bearer {parts[0]}.{parts[1]}.{parts[2][..^2]}+/");
        yield return on.OfOAuth("signature with a line end inside", "the decoder skips nothing", $"Bearer {parts[0]}.{parts[1]}.{parts[2][..9]} {parts[2][9..]}");
        yield return on.OfOAuth("keyed with nothing", "an empty key signs nothing", on.Bearer(secret: ""));
        yield return on.OfOAuth("keyed with the client id", "a public value is no key", on.Bearer(secret: on.OAuth.ClientId));
        yield return on.OfOAuth("keyed with the secret of another site", "secrets are of one site", on.Bearer(secret: on.Admin.Secret));
        yield return on.OfOAuth("RS256 keyed with a public key", "the header does not choose the key", on.Bearer(header: """{"alg":"RS256"}""", secret: "-----BEGIN PUBLIC KEY-----"));
        yield return on.OfOAuth("kid names a file without content", "kid is not read", on.Bearer(header: """{"alg":"HS256","kid":"../../../../dev/null"}""", secret: "\0"));
        yield return on.OfOAuth("jwk brings its own key", "a key in the token is not used", on.Bearer(header: """{"alg":"HS256","jwk":{"kty":"oct","k":"AA"}}""", secret: "\0"));
        yield return on.OfOAuth("jku names a key server", "no key is fetched", on.Bearer(header: """{"alg":"HS256","jku":"http://169.254.169.254/keys"}""", secret: "\0"));
        yield return on.OfOAuth("five parts", "encrypted tokens are refused", $"Bearer {parts[0]}.{parts[1]}.{parts[2]}.{parts[1]}.{parts[2]}");
        yield return on.OfOAuth("JSON serialization", "only the compact form is read", $$"""Bearer {"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""");
        yield return on.OfOAuth("more than 8 KB", "the length is limited", on.Bearer(claims: $$"""{"a":"{{new string('a', 8200)}}"}"""));

        // With a valid signature.
        yield return on.OfOAuth("alg none under a valid signature", "the header must say what was verified", on.Bearer(header: """{"alg":"none"}"""));
        yield return on.OfOAuth("alg twice", "a member counts once", on.Bearer(header: """{"alg":"HS256","alg":"none"}"""));
        yield return on.OfOAuth("alg HS512 with its signature", "HS256 is the only algorithm", "Bearer " + Jws.Sign("""{"alg":"HS512"}""", Encoding.UTF8.GetBytes(on.Claims()), signed => HMACSHA512.HashData(Encoding.UTF8.GetBytes(on.OAuth.Secret), signed)));
        yield return on.OfOAuth("crit", "an extension that must be understood is refused", on.Bearer(header: """{"alg":"HS256","crit":["b64"],"b64":false}"""));
        yield return on.OfOAuth("header is no object", "the header has a form", on.Bearer(header: "\"HS256\""));
        yield return on.OfOAuth("claims are no object", "the claims have a form", on.Bearer(claims: "[]"));
        yield return on.OfOAuth("text after the claims", "the claims end where they end", on.Bearer(claims: on.Claims() + " {}"));
        yield return on.OfOAuth("no exp", "a token ends", on.Bearer(claims: $$"""{"iss":"{{on.OAuth.ClientId}}"}"""));
        yield return on.OfOAuth("exp as text", "exp is a number", on.Bearer(claims: """{"exp":"9999999999"}"""));
        yield return on.OfOAuth("exp twice", "a claim counts once", on.Bearer(claims: """{"exp":1,"exp":9999999999}"""));
        yield return on.OfOAuth("exp beyond all numbers", "exp is finite", on.Bearer(claims: """{"exp":1e999}"""));
        yield return on.OfOAuth("expired for days", "an old token is refused", on.Bearer(claims: on.Claims(issued: -400_000, expires: -300_000)));
        yield return on.OfOAuth("issued in days", "a token of the future is refused", on.Bearer(claims: on.Claims(issued: 300_000, expires: 400_000)));
        yield return on.OfOAuth("another app", "iss is compared", on.Bearer(claims: on.Claims(issuer: "another-app")));
        yield return on.OfOAuth("another site of the grant", "context.cloudId is compared", on.Bearer(claims: on.Claims(cloudId: "another-site")));
        yield return on.OfOAuth("as JWT", "the word of the scheme is compared", "JWT " + valid["Bearer ".Length..]);
        yield return on.OfOAuth("as a password", "basic authentication is refused", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("app:" + on.OAuth.Secret)));
        yield return on.OfOAuth("two tokens", "a header has one token", $"{valid}, {valid}");

        // Connect.
        yield return on.OfConnect("token for another path", "qsh binds the path", on.Jwt(path: "/api/deliveries/other"));
        yield return on.OfConnect("token for another method", "qsh binds the method", on.Jwt(method: "GET"));
        yield return on.OfConnect("query added", "qsh binds the query", on.Jwt(), AttackTarget.Path(on.Connect) + "?user=admin");
        yield return on.OfConnect("context-qsh", "a token without a request is refused", on.Jwt(hash: "context-qsh"));
        yield return on.OfConnect("qsh twice", "qsh counts once", on.Jwt(more: ",\"qsh\":\"x\""));
        yield return on.OfConnect("another tenant", "clientKey is compared", on.Jwt(issuer: "another-tenant"));
        yield return on.OfConnect("two tokens in the query", "a query has one token", "", $"{AttackTarget.Path(on.Connect)}?jwt={on.Jwt()[4..]}&jwt={on.Jwt()[4..]}");
        yield return on.OfConnect("a valid OAuth token", "a scheme is a setting of the site", valid);
    }
}
