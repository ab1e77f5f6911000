namespace JiraWebhooks.Deliveries;

/// <summary>How reading a body ended.</summary>
internal enum BodyRead
{
    /// <summary>It is all there.</summary>
    Whole,

    /// <summary>It is longer than allowed.</summary>
    TooLarge,

    /// <summary>The time was up before its end.</summary>
    Late,

    /// <summary>There was no memory for it in time.</summary>
    NoRoom,
}
