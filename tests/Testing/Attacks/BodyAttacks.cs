using System.Text;
using JiraSimulator;

namespace Testing.Attacks;

/// <summary>Signatures of the body, and bodies that are too large, cut or slow.</summary>
internal static class BodyAttacks
{
    private const int MegaByte = 1024 * 1024;

    public static IEnumerable<Attack> Of(AttackTarget on)
    {
        var path = AttackTarget.Path(on.Admin);
        var (name, valid) = on.Hub(Wire.Body);
        yield return on.OfAdmin("another secret", "the body is signed by this site", 401, on.Hub(Wire.Body, on.OAuth.Secret));
        yield return on.OfAdmin("keyed with nothing, body", "an empty key signs no body", 401, on.Hub(Wire.Body, ""));
        yield return on.OfAdmin("signature of another body", "the signature is of this body", 401, on.Hub([.. Wire.Body, (byte)' ']));
        yield return on.OfAdmin("SHA-1", "weak methods are refused", 401, (name, "sha1=" + new string('a', 40)));
        yield return on.OfAdmin("digits without a method", "the method is named", 401, (name, valid["sha256=".Length..]));
        yield return on.OfAdmin("half of the digits", "all digits are compared", 401, (name, valid[..^32]));
        yield return on.OfAdmin("two signatures", "a body has one signature", 401, (name, valid), (name, valid));
        yield return on.OfAdmin("a token of another scheme", "a token does not replace the signature", 401, ("Authorization", on.Bearer()));
        yield return new("a site that does not exist", "no secret opens it", 401, Wire.Post("/api/deliveries/unknown", Wire.Body, (name, valid)));
        yield return new("body signature at an OAuth site", "its secret signs tokens only", 401, Wire.Post(AttackTarget.Path(on.OAuth), Wire.Body, (name, Signatures.Hub(on.OAuth.Secret, Wire.Body))));
        yield return on.OfAdmin("compressed", "what is signed is what is read", 415, (name, valid), ("Content-Encoding", "gzip"));

        yield return new("25 MB and a byte, declared", "a declared length is refused before the body is read", 413, Wire.Head($"POST {path} HTTP/1.1", (name, valid), ("Content-Length", $"{(25 * MegaByte) + 1}")));
        yield return new("exabytes, declared", "no length overflows", 413, Wire.Head($"POST {path} HTTP/1.1", (name, valid), ("Content-Length", "9223372036854775807")));
        yield return new("more than 25 MB in chunks", "an undeclared length is counted", 413, Chunked(path, valid))
        {
            Rest = Chunk(MegaByte),
        };
        yield return new("25 MB and a byte for a token", "without a valid token no body is read", 401, Wire.Head($"POST {AttackTarget.Path(on.OAuth)} HTTP/1.1", ("Authorization", on.Bearer(secret: "x")), ("Content-Length", $"{(25 * MegaByte) + 1}")));
        yield return new("Expect with a forged token", "the sender is not asked to go on", 401, Wire.Head($"POST {AttackTarget.Path(on.OAuth)} HTTP/1.1", ("Authorization", on.Bearer(secret: "y")), ("Content-Length", "100"), ("Expect", "100-continue")));
        yield return new("length with a sign", "a sign in the length, which Kestrel takes, opens nothing", 401, Wire.Head($"POST {path} HTTP/1.1", (name, valid[..^2]), ("Content-Length", "+5")));
        yield return new("chunk size of 17 digits", "a chunk size fits", 503, [.. Chunked(path, valid), .. "FFFFFFFFFFFFFFFFF\r\n"u8]);
        yield return new("chunk size with a sign", "a chunk size is digits", 503, [.. Chunked(path, valid), .. "-5\r\nhello\r\n"u8]);
        yield return new("more after the last chunk", "a request ends where it ends", 401, [.. Chunked(path, valid), .. Chunk(5), .. "0\r\n\r\n"u8, .. Wire.Post(path, Wire.Body, (name, valid))]);
        yield return new("half of a body, then the end", "a part of a body is no body", 0, Wire.Post(path, Wire.Body, (name, valid))[..^20]) { StaysOpen = false };
        yield return new("half of a chunk, then the end", "a part of a chunk is no chunk", 0, [.. Chunked(path, valid), .. Chunk(100)[..50]]) { StaysOpen = false };
        yield return new("half of a body, then nothing", "a slow body ends", 503, Wire.Post(path, Wire.Body, (name, valid))[..^20]);
    }

    private static byte[] Chunked(string path, string signature) => Wire.Head($"POST {path} HTTP/1.1", ("X-Hub-Signature", signature), ("Transfer-Encoding", "chunked"));

    private static byte[] Chunk(int size) => [.. Encoding.ASCII.GetBytes($"{size:X}\r\n"), .. new byte[size], .. "\r\n"u8];
}
