namespace Testing.Attacks;

/// <summary>Requests that two servers could read in two ways, broken ones, and slow ones. The server refuses them before our code runs.</summary>
internal static class FramingAttacks
{
    public static IEnumerable<Attack> Of(AttackTarget on) => Rows(AttackTarget.Path(on.Admin)).Select(row => row with { IsForTheServer = true });

    private static IEnumerable<Attack> Rows(string path)
    {
        var line = $"POST {path} HTTP/1.1";
        var inner = $"POST {path} HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Length: 0\r\n\r\n";
        yield return new("two different lengths", "lengths agree", 400, [.. Wire.Head(line, ("Content-Length", "5"), ("Content-Length", $"{5 + inner.Length}")), .. AttackTarget.Text("12345" + inner)]);
        yield return new("negative length", "a length is not negative", 400, Wire.Head(line, ("Content-Length", "-1")));
        yield return new("hexadecimal length", "a length is decimal", 400, Wire.Head(line, ("Content-Length", "0x5")));
        yield return new("length of 30 digits", "a length fits", 400, Wire.Head(line, ("Content-Length", new string('9', 30))));
        yield return new("unknown transfer encoding", "an unknown framing is refused", 400, Wire.Head(line, ("Transfer-Encoding", "xchunked")));
        yield return new("chunked, then something else", "chunked is the last encoding", 400, Wire.Head(line, ("Transfer-Encoding", "chunked, identity")));
        yield return new("blank before the colon", "a name ends at its colon", 400, Raw(line, "Transfer-Encoding : chunked"));
        yield return new("folded header", "a header is a line", 400, Raw(line, "X-A: a\r\n Transfer-Encoding: chunked"));
        yield return new("header without a colon", "a header has a name", 400, Raw(line, "Transfer-Encoding chunked"));
        yield return new("NUL in a header", "no control characters", 400, Raw(line, "X-A: a\0b"));
        yield return new("carriage return in a header", "no second line in a line", 400, Raw(line, "X-A: a\rX-B: b"));
        yield return new("no UTF-8 in a header", "headers are UTF-8", 400, Raw(line, "Authorization: Bearer \u00e9.\u00e9.\u00e9"));
        yield return new("no Host", "a host is named", 400, AttackTarget.Text($"{line}\r\nContent-Length: 0\r\n\r\n"));
        yield return new("two Hosts", "a host is named once", 400, Raw(line, "Host: other.example.com"));
        yield return new("blank in the path", "the request line has three words", 400, Wire.Head($"POST {path} x HTTP/1.1", ("Content-Length", "0")));
        yield return new("HTTP/0.9", "old versions are refused", 400, AttackTarget.Text($"POST {path}\r\n"));
        yield return new("HTTP/9.9", "unknown versions are refused", 505, Wire.Head($"POST {path} HTTP/9.9", ("Content-Length", "0")));
        yield return new("no HTTP", "other protocols are refused", 400, AttackTarget.Text("\u0016\u0003\u0001\u0002\0\u0001\0\r\n\r\n"));
        yield return new("header of 64 KB", "headers are limited in size", 431, Wire.Head(line, ("X-A", new string('a', 64 * 1024)), ("Content-Length", "0")));
        yield return new("300 headers", "headers are limited in number", 431, Wire.Head(line, [.. Enumerable.Range(0, 300).Select(number => ($"X-{number}", "a")), ("Content-Length", "0")]));
        yield return new("path of 16 KB", "the request line is limited", 414, Wire.Head($"POST {path}/{new string('a', 16 * 1024)} HTTP/1.1", ("Content-Length", "0")));
        yield return new("half of the headers, then nothing", "slow headers end", 408, AttackTarget.Text($"{line}\r\nHost: hooks.example.com\r\nX-A: "));
    }

    private static byte[] Raw(string line, string header) => AttackTarget.Text($"{line}\r\nHost: hooks.example.com\r\n{header}\r\nContent-Length: 0\r\n\r\n");
}
