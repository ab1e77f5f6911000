using Microsoft.Extensions.Logging.Testing;

namespace Testing;

/// <summary>What tests read of <see cref="FakeLogCollector"/>.</summary>
internal static class FakeLogs
{
    extension(FakeLogger logger)
    {
        public IReadOnlyList<FakeLogRecord> Entries => logger.Collector.GetSnapshot();
    }

    extension(FakeLogRecord entry)
    {
        /// <summary>All that a provider can write: the message, the values apart from it, the exception. A test of secrecy needs each of them.</summary>
        public string Text =>
            $"{entry.Message} {(entry.State is IEnumerable<KeyValuePair<string, string?>> values ? string.Join(' ', values) : entry.State)} {entry.Exception}";
    }
}
