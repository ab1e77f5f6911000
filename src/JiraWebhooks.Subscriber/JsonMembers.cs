using System.Text.Json;

namespace JiraWebhooks.Subscriber;

/// <summary>Finds members of what Jira wrote.</summary>
internal static class JsonMembers
{
    /// <summary>The last member of that name; the default if there is none, or if <paramref name="parent"/> is no object.</summary>
    public static JsonElement Member(JsonElement parent, string name)
    {
        if (parent.ValueKind is not JsonValueKind.Object) return default;

        try
        {
            return parent.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // The framework rejects the name of another member, because it has half a surrogate pair. The one we look for may be there all the same.
            return parent.EnumerateObject().LastOrDefault(member => IsNamed(member, name)).Value;
        }
    }

    /// <summary>The text or the number of that name, or null. Jira writes ids sometimes as numbers and sometimes as texts.</summary>
    public static string? Text(JsonElement parent, string name)
    {
        var value = Member(parent, name);
        try
        {
            return value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null };
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    private static bool IsNamed(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
