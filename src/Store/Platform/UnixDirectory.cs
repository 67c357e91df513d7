using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Reads directories: the entries' own names and kinds, never those of what links lead to.</summary>
/// <remarks>.NET's enumeration replaces bytes that are not UTF-8 and examines the target of each link.</remarks>
internal static unsafe class UnixDirectory
{
    internal static List<DirectoryEntry> List(string path)
    {
        var directory = UnixNative.IsMac ? MacNative.OpenDirectory(path) : UnixNative.OpenDirectory(path);
        if (directory == 0)
        {
            var number = Marshal.GetLastPInvokeError();
            return number == UnixErrors.NotFound ? [] : throw UnixErrors.From(number, "list", path);
        }
        try
        {
            var entries = new List<DirectoryEntry>();
            while (ReadNext(directory, path, out var type) is { } name)
            {
                if (name is not ("." or "..") && (KindOf(type) ?? FindKind(path, name)) is { } kind)
                {
                    entries.Add(new DirectoryEntry(name, kind));
                }
            }
            return entries;
        }
        finally
        {
            UnixNative.CloseDirectory(directory);
        }
    }

    private static string? ReadNext(nint directory, string path, out byte type)
    {
        type = 0;
        if (UnixNative.IsMac)
        {
            var mac = MacNative.ReadDirectory(directory);
            if (mac != null)
            {
                type = mac->Type;
                return UnixPath.Decode(mac->Name);
            }
        }
        else
        {
            var entry = LinuxNative.ReadDirectory(directory);
            if (entry != null)
            {
                type = entry->Type;
                return UnixPath.Decode(entry->Name);
            }
        }
        // The end and an error look the same but for errno, which is zero before each call.
        var number = Marshal.GetLastPInvokeError();
        return number == 0 ? null : throw UnixErrors.From(number, "list", path);
    }

    /// <summary>Null where the file system does not say (XFS of old, some network file systems).</summary>
    private static FileKind? KindOf(byte type) => type switch
    {
        0 => null,
        4 => FileKind.Directory,
        8 => FileKind.File,
        10 => FileKind.SymbolicLink,
        _ => FileKind.Other,
    };

    /// <summary>Null if the entry went away since it was read.</summary>
    private static FileKind? FindKind(string path, string name) =>
        UnixStatus.Find(Path.Combine(path, name), followLinks: false)?.Kind;
}
