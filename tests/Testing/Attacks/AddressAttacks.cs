using System.Text;

namespace Testing.Attacks;

/// <summary>Hostile paths and header values, with a credential that opens another door, or none.</summary>
internal static class AddressAttacks
{
    public static IEnumerable<Attack> Of(AttackTarget on)
    {
        var hub = on.Hub(Wire.Body);
        yield return At("a dotted path to another site", "a site is one segment", 404, $"/api/deliveries/{on.Admin.Slug}/../{on.OAuth.Slug}/x", hub);
        yield return At("an encoded slash", "an encoded slash is part of the name", 401, $"/api/deliveries/{on.Admin.Slug}%2F..%2F{on.OAuth.Slug}", hub);
        yield return At("NUL after the name", "a name is compared to its end", 401, $"/api/deliveries/{on.Admin.Slug}%01", hub);
        yield return At("a name of 4,000 characters", "a long name is an unknown name", 401, "/api/deliveries/" + new string('a', 4000), hub);
        yield return At("a name of another script", "a name is not normalised", 401, "/api/deliveries/%EF%BD%89nitech", hub);
        yield return At("a quote in the name", "a name is no query of the table", 401, "/api/deliveries/x'%20or%20PartitionKey%20ne%20'", hub);
        yield return At("a wildcard for the name", "a name is no pattern", 401, "/api/deliveries/*", hub);
        yield return At("another site's path for Jira's token", "Host and forwarding headers choose no path", 401, AttackTarget.Path(on.Connect),
            ("Authorization", on.Jwt(path: "/evil" + AttackTarget.Path(on.Connect))), ("X-Forwarded-Prefix", "/evil"), ("X-Original-URL", "/evil" + AttackTarget.Path(on.Connect)), ("X-Forwarded-Host", "evil.example"));
        yield return At("method override", "a header chooses no method", 401, AttackTarget.Path(on.Connect), ("Authorization", on.Jwt(method: "PUT")), ("X-HTTP-Method-Override", "PUT"));
        yield return At("claims of the platform", "an identity header opens nothing", 401, AttackTarget.Path(on.OAuth),
            ("X-MS-CLIENT-PRINCIPAL", Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"auth_typ":"aad"}"""))), ("X-MS-CLIENT-PRINCIPAL-NAME", "admin"), ("X-ARR-ClientCert", "x"));
        yield return At("headers of a retry, without a signature", "what a sender says of itself opens nothing", 401, AttackTarget.Path(on.Admin),
            ("X-Atlassian-Webhook-Retry", "1"), ("X-Forwarded-For", "127.0.0.1"), ("User-Agent", "Atlassian Webhook HTTP Client"));
        yield return At("a huge identifier", "headers are read after the signature", 401, AttackTarget.Path(on.Admin), ("X-Atlassian-Webhook-Identifier", new string('a', 9000)), on.Hub(Wire.Body, "x"));
    }

    private static Attack At(string name, string property, int status, string path, params (string Name, string Value)[] headers) =>
        new(name, property, status, Wire.Post(path, Wire.Body, headers));
}
