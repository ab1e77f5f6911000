namespace LocalHost.Azurite;

/// <summary>The git-ignored folder <c>.local</c> at the repository's root, for the data of this machine: Azurite, its data, grants.</summary>
public static class LocalFolder
{
    /// <summary>The folder's path, next to <c>FunctionsApp.sln</c>; outside of a clone, in the user's application data.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FunctionsApp.sln"))) return System.IO.Path.Combine(folder.FullName, ".local");
        }

        return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "jira-webhooks");
    }
}
