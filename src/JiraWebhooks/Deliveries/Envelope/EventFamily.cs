namespace JiraWebhooks.Deliveries;

/// <summary>The subject of an event: <c>sprint</c> of <c>sprint_started</c>, <c>version</c> of <c>jira:version_released</c>.
/// Events of one family that have no issue share a session (docs/architecture.md#untouched-body).</summary>
internal static class EventFamily
{
    /// <summary>The family of <paramref name="type"/>.</summary>
    public static string Of(string type)
    {
        var name = type.AsSpan(type.StartsWith("jira:", StringComparison.Ordinal) ? 5 : 0);
        var end = name.IndexOf('_');
        return (end > 0 ? name[..end] : name).ToString();
    }
}
