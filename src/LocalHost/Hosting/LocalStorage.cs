using LocalHost.Azurite;

namespace LocalHost.Hosting;

/// <summary>Where this host keeps its data if the settings name no storage.</summary>
internal static class LocalStorage
{
    /// <summary>The account of its Azurite.</summary>
    public const string Account = "local";

    /// <summary>The folder of its Azurite.</summary>
    public static string Folder => Path.Combine(LocalFolder.Path, "azurite-data");
}
