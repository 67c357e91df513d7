namespace ToolchainStore.Platform;

/// <summary>Why the operating system refused a file operation, in the distinctions that the store makes.</summary>
public enum FileSystemError
{
    NotFound,
    Exists,
    NotEmpty,
    NoSpace,
    AccessDenied,
    ReadOnly,
    TooManyLinks,
    CrossesDevices,
    NotSupported,
    NotADirectory,
    IsADirectory,
    Busy,
    Stale,
    InputOutput,
    Other,
}

/// <summary>A refused file operation: what was tried, where, and why.</summary>
public sealed class FileSystemException(FileSystemError error, string operation, string path, string reason)
    : StoreException(StoreErrorKind.Disk, Describe(error, operation, path, reason))
{
    public FileSystemError Error { get; } = error;

    public string Path { get; } = path;

    private static string Describe(FileSystemError error, string operation, string path, string reason) =>
        $"could not {operation} '{path}': {reason}" + error switch
        {
            FileSystemError.NoSpace =>
                "\nhelp: free some space on this file system; `rustup store gc` works on a full disk",
            FileSystemError.AccessDenied =>
                "\nhelp: check who owns this path and whether you may write there",
            FileSystemError.ReadOnly =>
                "\nhelp: the file system is mounted read-only",
            _ => "",
        };
}
