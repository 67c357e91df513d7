using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Turns the error numbers of Windows (winerror.h) into the store's distinctions.</summary>
internal static class WindowsErrors
{
    internal const int FileNotFound = 2;
    internal const int PathNotFound = 3;
    internal const int AccessDenied = 5;
    internal const int SharingViolation = 32;
    internal const int LockViolation = 33;
    internal const int NotSupported = 50;
    internal const int InvalidParameter = 87;
    internal const int InvalidFunction = 1;
    internal const int MoreData = 234;
    internal const int Pending = 997;

    private const int InvalidDrive = 15;
    private const int InvalidName = 123;
    private const int NotADirectory = 267;
    private const int LinkLoop = 1921;

    internal static FileSystemException Last(string operation, string path) =>
        From(Marshal.GetLastPInvokeError(), operation, path);

    internal static FileSystemException From(int number, string operation, string path) =>
        new(Classify(number), operation, path, Marshal.GetPInvokeErrorMessage(number));

    /// <summary>.NET's exceptions carry the number in their result, as HRESULT_FROM_WIN32.</summary>
    internal static FileSystemException From(Exception refused, string operation, string path) =>
        new(Classify(NumberOf(refused)), operation, path, refused.Message);

    internal static int NumberOf(Exception refused) =>
        (refused.HResult & 0xFFFF0000) == 0x80070000 ? refused.HResult & 0xFFFF : 0;

    /// <summary>There is nothing where the path leads, or can ever be.</summary>
    internal static bool IsNowhere(int number) =>
        number is FileNotFound or PathNotFound or InvalidDrive or InvalidName or NotADirectory or LinkLoop;

    internal static FileSystemError Classify(int number) => number switch
    {
        FileNotFound or PathNotFound or InvalidDrive or InvalidName => FileSystemError.NotFound,
        53 or 67 => FileSystemError.NotFound, // a server or share that is not there
        80 or 183 => FileSystemError.Exists,
        145 => FileSystemError.NotEmpty,
        39 or 112 or 1295 => FileSystemError.NoSpace,
        AccessDenied or 1314 => FileSystemError.AccessDenied,
        19 => FileSystemError.ReadOnly,
        1142 => FileSystemError.TooManyLinks,
        17 => FileSystemError.CrossesDevices,
        InvalidFunction or NotSupported or InvalidParameter or 120 => FileSystemError.NotSupported,
        NotADirectory => FileSystemError.NotADirectory,
        // Somebody has it open, locked, mapped, as current directory, or is deleting it.
        SharingViolation or LockViolation or 16 or 170 or 303 or 1224 => FileSystemError.Busy,
        23 or 29 or 30 or 31 or 1117 => FileSystemError.InputOutput,
        _ => FileSystemError.Other,
    };
}
