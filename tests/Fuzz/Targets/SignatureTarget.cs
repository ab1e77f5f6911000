using System.Text;
using System.Text.RegularExpressions;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Primitives;

namespace Fuzz;

/// <summary>The header <c>X-Hub-Signature</c>.</summary>
internal static partial class SignatureTarget
{
    private static readonly SiteSecret Secret = SiteSecret.From("a-secret-that-the-input-does-not-know")!;

    public static void Run(byte[] input)
    {
        var header = new StringValues(Encoding.Latin1.GetString(input));
        var refusal = HubSignatureVerifier.Check(header);
        FuzzTargets.Require(refusal is null == Form().IsMatch(header.ToString()), "A method of the list, an equals sign and its digits are the only form.");
        FuzzTargets.Require(refusal is null or Verification.NoCredential or Verification.Malformed, "The form alone authenticates nothing.");

        var hash = HubSignatureVerifier.Begin(header, Secret); // End takes it back
        FuzzTargets.Require(hash is not null == refusal is null, "A body is hashed if, and only if, the form is right.");
        if (hash is null) return;

        hash.AppendData(input);
        FuzzTargets.Require(HubSignatureVerifier.End(hash, header, input, Secret, Secret) is Verification.BadSignature, "Without the secret there is no signature.");
    }

    [GeneratedRegex(@"^(?:sha256=[0-9a-f]{64}|sha384=[0-9a-f]{96}|sha512=[0-9a-f]{128})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
