namespace ToolchainStore.Tests.Simulation;

/// <summary>The folder of this project's sources, where what must be remembered is committed.</summary>
internal static class Sources
{
    internal static string Folder { get; } = FindFolder();

    private static string FindFolder()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "ToolchainStore.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("the sources are not here");
        }
        return Path.Combine(directory, "tests", "Simulation");
    }
}
