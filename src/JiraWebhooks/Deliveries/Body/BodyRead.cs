namespace JiraWebhooks.Deliveries;

/// <summary>How reading a body ended.</summary>
internal enum BodyRead
{
    /// <summary>The whole body was read.</summary>
    Whole,

    /// <summary>The body is longer than allowed.</summary>
    TooLarge,

    /// <summary>The time ended before the body.</summary>
    Late,

    /// <summary>There was no memory for the body in time.</summary>
    NoRoom,
}
