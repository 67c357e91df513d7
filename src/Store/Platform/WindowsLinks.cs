using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ToolchainStore.Platform;

/// <summary>Symbolic links where the user may make them, junctions for directories where not. Untested.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsLinks
{
    private const int ReparseDataMax = 16 * 1024;

    internal static void Create(string path, string target, bool isDirectory)
    {
        const uint Directory = 1, WithoutPrivilege = 2;
        var systemPath = WindowsPath.ForSystem(path);
        var flags = WithoutPrivilege | (isDirectory ? Directory : 0);
        if (WindowsNative.SymbolicLink(systemPath, target.Replace('/', '\\'), flags) != 0)
        {
            return;
        }
        var number = Marshal.GetLastPInvokeError();
        if (!isDirectory || WindowsErrors.Classify(number) is FileSystemError.Exists or FileSystemError.NotFound)
        {
            throw WindowsErrors.From(number, "link", path);
        }
        CreateJunction(path, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, target)));
    }

    /// <summary>
    /// Lets a link to a directory lead where another one does, and deletes that one. False if they are not alike,
    /// or it may not be done.
    /// </summary>
    /// <remarks>Crash: the name leads to the old or the new directory; the other link may still be there.</remarks>
    internal static bool TryReplace(string from, string to)
    {
        var data = stackalloc byte[ReparseDataMax];
        int size;
        using (var source = WindowsStatus.Open(from, WindowsNative.ReadAttributes, followLinks: false))
        {
            if (source.IsInvalid
                || WindowsStatus.TagOf(source) is not (WindowsStatus.SymbolicLinkTag or WindowsStatus.JunctionTag)
                || WindowsNative.DeviceControl(
                    source, WindowsNative.GetReparsePoint, null, 0, data, ReparseDataMax, &size, 0) == 0)
            {
                return false;
            }
        }
        using (var link = WindowsStatus.Open(to, WindowsNative.GenericWrite, followLinks: false))
        {
            // Windows itself refuses when the two are links of different kinds.
            int none;
            if (link.IsInvalid
                || WindowsNative.DeviceControl(link, WindowsNative.SetReparsePoint, data, size, null, 0, &none, 0) == 0)
            {
                return false;
            }
        }
        if (WindowsNative.RemoveDirectory(WindowsPath.ForSystem(from)) == 0)
        {
            throw WindowsErrors.Last("delete", from);
        }
        return true;
    }

    private static void CreateJunction(string path, string target)
    {
        var systemPath = WindowsPath.ForSystem(path);
        if (WindowsNative.MakeDirectory(systemPath, 0) == 0)
        {
            throw WindowsErrors.Last("link", path);
        }
        var data = WindowsJunction.Format(WindowsPath.ForPeople(target));
        int number;
        using (var directory = WindowsStatus.Open(path, WindowsNative.GenericWrite, followLinks: false))
        {
            number = directory.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
            int none;
            fixed (byte* start = data)
            {
                if (number == 0
                    && WindowsNative.DeviceControl(
                        directory, WindowsNative.SetReparsePoint, start, data.Length, null, 0, &none, 0) == 0)
                {
                    number = Marshal.GetLastPInvokeError();
                }
            }
        }
        if (number != 0)
        {
            WindowsNative.RemoveDirectory(systemPath);
            throw WindowsErrors.From(number, "link", path);
        }
    }
}
