namespace ToolchainStore.Platform;

/// <summary>Paths as the system calls want them.</summary>
internal static class WindowsPath
{
    private const string Extended = @"\\?\";
    private const string ExtendedShare = @"\\?\UNC\";

    // Directories must leave room for a name of the old 8.3 form below 260 characters.
    private const int LongestOrdinary = 247;

    /// <summary>A long path is absolute and has the prefix that lifts the limit; documentation trees need it.</summary>
    internal static string ForSystem(string path)
    {
        if (path.Length <= LongestOrdinary && Path.IsPathFullyQualified(path))
        {
            return path;
        }
        var full = Path.GetFullPath(path);
        if (full.Length <= LongestOrdinary || full.StartsWith(Extended, StringComparison.Ordinal))
        {
            return full;
        }
        return full.StartsWith(@"\\", StringComparison.Ordinal)
            ? string.Concat(ExtendedShare, full.AsSpan(2))
            : Extended + full;
    }

    /// <summary>The path as people write it.</summary>
    internal static string ForPeople(string path)
    {
        if (path.StartsWith(ExtendedShare, StringComparison.Ordinal))
        {
            return string.Concat(@"\\", path.AsSpan(ExtendedShare.Length));
        }
        return path.StartsWith(Extended, StringComparison.Ordinal) ? path[Extended.Length..] : path;
    }
}
