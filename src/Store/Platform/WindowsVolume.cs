using System.Runtime.Versioning;

namespace ToolchainStore.Platform;

/// <summary>What a path is on, and how all of it becomes durable. Untested.</summary>
/// <remarks>
/// Flushing a volume takes an administrator. Instead every file is created write-through, so its bytes have left
/// Windows' memory when it is closed. What may remain is the tail of NTFS's log and the drive's own cache; flushing
/// any one file of the volume empties both, and the log is in order: names and sizes made earlier are then durable.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsVolume(string directory) : IVolume
{
    private const int LongestRoot = 1024;

    public void Sync()
    {
        var path = Path.Combine(directory, $".sync-{Guid.NewGuid():n}");
        using var file = WindowsNative.CreateFile(
            WindowsPath.ForSystem(path),
            WindowsNative.GenericWrite | WindowsNative.Delete,
            WindowsNative.ShareEverything,
            0,
            WindowsNative.CreateNew,
            WindowsNative.NormalAttribute | WindowsNative.DeleteOnClose,
            0);
        if (file.IsInvalid)
        {
            throw WindowsErrors.Last("sync the file system of", directory);
        }
        try
        {
            RandomAccess.Write(file, [0], 0);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw WindowsErrors.From(refused, "sync the file system of", directory);
        }
        if (WindowsNative.Flush(file) == 0)
        {
            throw WindowsErrors.Last("sync the file system of", directory);
        }
    }

    public void Dispose()
    {
    }

    internal static VolumeDescription Describe(string path)
    {
        const uint Removable = 2, Fixed = 3, MemoryDisk = 6, ReadOnlyVolume = 0x00080000;
        const int LongestType = 261;
        var root = RootOf(path);
        var type = stackalloc char[LongestType];
        uint flags;
        if (WindowsNative.DescribeVolume(root, null, 0, null, null, &flags, type, LongestType) == 0)
        {
            throw WindowsErrors.Last("examine the file system of", path);
        }
        // A stick is slow, but no second machine writes to it at the same time.
        var isLocal = !IsShare(root) && WindowsNative.DriveType(root) is Fixed or MemoryDisk or Removable;
        return new VolumeDescription(
            isLocal ? VolumeKind.Local : VolumeKind.Network,
            new string(type).ToLowerInvariant(),
            (flags & ReadOnlyVolume) != 0);
    }

    internal static long AvailableBytes(string path)
    {
        ulong available;
        return WindowsNative.FreeSpace(RootOf(path), &available, null, null) != 0
            ? (long)Math.Min(available, long.MaxValue)
            : throw WindowsErrors.Last("examine the file system of", path);
    }

    /// <summary>The directory that the path's volume is mounted on, ending in a backslash.</summary>
    private static string RootOf(string path)
    {
        if (WindowsNative.AttributesOf(WindowsPath.ForSystem(path)) == WindowsNative.NoAttributes)
        {
            throw WindowsErrors.Last("examine the file system of", path);
        }
        var buffer = stackalloc char[LongestRoot];
        return WindowsNative.VolumeOf(WindowsPath.ForSystem(path), buffer, LongestRoot) != 0
            ? new string(buffer)
            : throw WindowsErrors.Last("examine the file system of", path);
    }

    private static bool IsShare(string root) =>
        WindowsPath.ForPeople(root).StartsWith(@"\\", StringComparison.Ordinal);
}
