using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Storage;
using LocalHost.Hosting;

namespace LocalHost.Functions;

/// <summary>The key of all functions that are not anonymous, accepted as by the Functions host: header <c>x-functions-key</c> or query
/// parameter <c>code</c>. This one key replaces the function keys and the master key.</summary>
internal sealed class FunctionKey
{
    public const string Header = "x-functions-key";
    public const string QueryParameter = "code";

    private const int Length = 64;

    // On Unix, File.Move without overwriting is a check and a rename, so it does not decide between two threads.
    private static readonly Lock Making = new();

    private FunctionKey(string value) => Value = value;

    public string Value { get; }

    public static FunctionKey New() => new(RandomNumberGenerator.GetHexString(Length, lowercase: true));

    /// <summary>Reads the key from file <paramref name="path"/>, which only its owner can read; creates the file if it does not exist.</summary>
    /// <exception cref="LocalHostException">The file cannot be read or created, or contains no key.</exception>
    public static FunctionKey Load(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            lock (Making)
            {
                if (!File.Exists(path)) Make(path);
            }

            return File.ReadAllText(path).Trim() is { Length: >= Length } value ? new(value) : throw new LocalHostException($"{path} does not contain a key of at least {Length} characters: delete it, and the next start creates a new one.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"{path}, the key of the management API, cannot be read or created ({error.GetType().Name}): make your user the owner of the file and its folder.");
        }
    }

    /// <summary>Accepts a request only with the key, and only from this machine: a leaked key cannot be used through a tunnel.</summary>
    public RequestDelegate Guard(RequestDelegate next) => async context =>
    {
        if (!LocalOnly.IsLocal(context)) context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!IsIn(context.Request)) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else await next(context);
    };

    private bool IsIn(HttpRequest request)
    {
        var given = request.Headers.TryGetValue(Header, out var header) ? header[0] : request.Query[QueryParameter].FirstOrDefault();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(Value));
    }

    // Two processes may start at the same time: the first one creates the key for both, and neither reads half a file.
    private static void Make(string path)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}";
        using (var file = new StreamWriter(draft, Encoding.ASCII, OwnerOnly.NewFile())) file.WriteLine(New().Value);
        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
