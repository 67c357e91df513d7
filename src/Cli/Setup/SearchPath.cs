using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>The directories in which programs are looked for.</summary>
internal static class SearchPath
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    internal static IEnumerable<string> Split(string? path) =>
        path?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The first directory that has the program, executable or not; null if none.</summary>
    internal static string? Find(IFileSystem files, string program, string? path) =>
        Split(path).FirstOrDefault(directory => Has(files, directory, program));

    internal static bool Has(IFileSystem files, string directory, string program)
    {
        try
        {
            return files.TargetStatus(Path.Combine(directory, program + Suffix)) is not null;
        }
        catch (FileSystemException)
        {
            // A directory that may not be entered, or no directory at all: nothing is found there.
            return false;
        }
    }
}
