using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraSimulator;

/// <summary>Answers in the form of Atlassian's schemas: a property without a value is absent, never null.</summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static IResult Json(object value, int status = 200) => Results.Json(value, Options, statusCode: status);

    /// <summary>An ErrorCollection, as a site answers.</summary>
    public static IResult Errors(int status, string message) => Json(new { errorMessages = new[] { message }, errors = new Dictionary<string, string>(), status }, status);

    /// <summary>The answer of api.atlassian.com to a call that it does not forward to a site.</summary>
    public static IResult Unauthorized(string message) => Json(new { code = 401, message }, 401);
}
