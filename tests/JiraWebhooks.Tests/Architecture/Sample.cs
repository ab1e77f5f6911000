// Two layers, and one call in the wrong direction: the rule must find it.
namespace JiraWebhooks.Tests.Architecture.Sample.Upper
{
    internal static class Above
    {
        public static int Answer() => Lower.Allowed.Value;
    }
}

namespace JiraWebhooks.Tests.Architecture.Sample.Lower
{
    internal static class Allowed
    {
        public static int Value => 1;
    }

    internal static class Below
    {
        public static int Value => Upper.Above.Answer();
    }
}
