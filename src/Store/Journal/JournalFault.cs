using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Journal;

/// <summary>What SQLite's errors mean for whoever runs the program, and what to do.</summary>
internal static class JournalFault
{
    /// <param name="path">The journal.</param>
    /// <param name="result">SQLite's code, extended or not.</param>
    /// <param name="message">What SQLite says of it.</param>
    /// <param name="cause">The exception it was told by, if it was.</param>
    internal static StoreException Explain(string path, int result, string message, Exception? cause = null) => (result & 0xff) switch
    {
        raw.SQLITE_FULL => new FileSystemException(FileSystemError.NoSpace, "write", path, "the disk is full"),
        raw.SQLITE_READONLY => new FileSystemException(
            FileSystemError.AccessDenied, "write", path, "the file or its directory may not be written"),
        raw.SQLITE_CANTOPEN => new FileSystemException(
            FileSystemError.AccessDenied, "open", path, "the file or its directory is not accessible"),
        // A schema that lacks what we ask for, or rows that contradict it, are as broken as a page is.
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH => Damaged(path, message, cause),
        _ => new StoreException(
            StoreErrorKind.Disk, $"the journal '{path}' failed: {message}\nhelp: `rustup store doctor` looks for the cause", cause),
    };

    internal static StoreException Damaged(string path, string damage, Exception? cause) => new(
        StoreErrorKind.Corrupt, $"the journal '{path}' is damaged: {damage}\nhelp: run `rustup store verify --repair` to rebuild it", cause);
}
