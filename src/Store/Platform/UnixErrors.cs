using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Turns <c>errno</c> into the store's distinctions. Numbers differ between Linux and macOS.</summary>
internal static class UnixErrors
{
    private static bool IsMac => UnixNative.IsMac;

    internal const int NotPermitted = 1;
    internal const int NotFound = 2;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int AccessDenied = 13;
    internal const int Exists = 17;
    internal const int CrossesDevices = 18;
    internal const int NotADirectory = 20;
    internal const int Invalid = 22;
    internal const int BrokenPipe = 32;

    internal static int LinkLoop => IsMac ? 62 : 40;

    internal static int NotSupported => IsMac ? 45 : 95;

    internal static int WouldBlock => IsMac ? 35 : 11;

    internal static FileSystemException Last(string operation, string path) =>
        From(Marshal.GetLastPInvokeError(), operation, path);

    internal static FileSystemException From(int number, string operation, string path) =>
        new(Classify(number), operation, path, Marshal.GetPInvokeErrorMessage(number));

    /// <summary>There is nothing where the path leads.</summary>
    internal static bool IsNowhere(int number) => number == NotFound || number == NotADirectory || number == LinkLoop;

    internal static FileSystemError Classify(int number) => number switch
    {
        NotFound => FileSystemError.NotFound,
        Exists => FileSystemError.Exists,
        AccessDenied or NotPermitted => FileSystemError.AccessDenied,
        InputOutput => FileSystemError.InputOutput,
        CrossesDevices => FileSystemError.CrossesDevices,
        16 or 26 => FileSystemError.Busy,
        NotADirectory => FileSystemError.NotADirectory,
        21 => FileSystemError.IsADirectory,
        28 => FileSystemError.NoSpace,
        30 => FileSystemError.ReadOnly,
        31 => FileSystemError.TooManyLinks,
        _ when number == (IsMac ? 66 : 39) => FileSystemError.NotEmpty,
        _ when number == (IsMac ? 69 : 122) => FileSystemError.NoSpace,
        _ when number == (IsMac ? 70 : 116) => FileSystemError.Stale,
        _ when number == (IsMac ? 60 : 110) => FileSystemError.InputOutput,
        // ENOTSUP, EOPNOTSUPP (one number on Linux), ENOSYS, ENOTTY; EINVAL is how older file systems say it.
        _ when number == NotSupported || number == (IsMac ? 102 : 95) || number == (IsMac ? 78 : 38)
            || number == 25 || number == Invalid => FileSystemError.NotSupported,
        _ => FileSystemError.Other,
    };
}
