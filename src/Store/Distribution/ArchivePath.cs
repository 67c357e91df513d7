namespace ToolchainStore.Distribution;

/// <summary>A path inside an archive that cannot lead out of it: relative, of normal parts, '/'-separated.</summary>
public readonly record struct ArchivePath
{
    private const int LongestPart = 255;

    private ArchivePath(string[] parts) => Parts = parts;

    public IReadOnlyList<string> Parts { get; }

    /// <summary>Null if the text could name something outside, or no file at all.</summary>
    public static ArchivePath? TryParse(string text)
    {
        if (text.Length == 0 || text[0] == '/' || text.Contains('\0', StringComparison.Ordinal)
            || (OperatingSystem.IsWindows() && text.AsSpan().ContainsAny('\\', ':')))
        {
            return null;
        }
        var parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".").ToArray();
        return Array.Exists(parts, part => part == ".." || part.Length > LongestPart || part.Contains('\n', StringComparison.Ordinal))
            ? null
            : new ArchivePath(parts);
    }
}
