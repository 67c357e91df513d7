using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ToolchainStore.Platform;

/// <summary>Renaming and deleting as on Unix, as far as Windows lets itself be asked. Untested.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsMoves
{
    // Antivirus and indexing hold what is new for moments: 10 ms, doubled ten times, is ten seconds in all.
    private const int RetriesMax = 10;
    private const int FirstWaitMilliseconds = 10;

    internal static void Rename(string from, string to)
    {
        var target = WindowsNative.AttributesOf(WindowsPath.ForSystem(to));
        if (target != WindowsNative.NoAttributes && (target & WindowsNative.DirectoryAttribute) != 0)
        {
            RenameOntoDirectory(from, to, target);
            return;
        }
        var number = Retry(() => MoveOnce(from, to), WindowsErrors.AccessDenied, WindowsErrors.SharingViolation);
        if (number != 0)
        {
            throw Refused(number, from, to);
        }
    }

    /// <summary>Deletes the entry itself: a file, a link of any kind, or a directory that is empty.</summary>
    internal static void Delete(string path, string operation)
    {
        // A program that runs cannot be deleted however long one waits: only sharing violations pass by.
        var number = Retry(() => DeleteOnce(path), WindowsErrors.SharingViolation, WindowsErrors.SharingViolation);
        if (number != 0)
        {
            throw WindowsErrors.From(number, operation, path);
        }
    }

    /// <summary>MoveFileEx replaces files only; links to directories are turned, empty directories make room.</summary>
    private static void RenameOntoDirectory(string from, string to, uint target)
    {
        var source = WindowsNative.AttributesOf(WindowsPath.ForSystem(from));
        if (source == WindowsNative.NoAttributes)
        {
            throw Refused(WindowsErrors.FileNotFound, from, to);
        }
        if ((target & WindowsNative.ReparsePointAttribute) != 0)
        {
            const uint DirectoryLink = WindowsNative.DirectoryAttribute | WindowsNative.ReparsePointAttribute;
            if ((source & DirectoryLink) != DirectoryLink || !WindowsLinks.TryReplace(from, to))
            {
                ReplaceByWayOfAside(from, to);
            }
            return;
        }
        if ((source & WindowsNative.DirectoryAttribute) == 0)
        {
            throw new FileSystemException(
                FileSystemError.IsADirectory, $"rename '{from}' to", to, "there is a directory of that name");
        }
        if (WindowsNative.RemoveDirectory(WindowsPath.ForSystem(to)) == 0)
        {
            throw Refused(Marshal.GetLastPInvokeError(), from, to);
        }
        Rename(from, to);
    }

    /// <remarks>
    /// Crash: the name may be missing for as long as it takes to move the old link aside and the new entry in; the
    /// old one then lies beside it under a longer name. Only what is not a link of the same kind comes this way.
    /// </remarks>
    private static void ReplaceByWayOfAside(string from, string to)
    {
        var aside = $"{to}.{Guid.NewGuid():n}.old";
        Rename(to, aside);
        try
        {
            Rename(from, to);
        }
        catch (FileSystemException)
        {
            Rename(aside, to);
            throw;
        }
        Delete(aside, "delete");
    }

    private static int MoveOnce(string from, string to)
    {
        const uint ReplaceExisting = 1, WriteThrough = 8;
        var target = WindowsPath.ForSystem(to);
        if (WindowsNative.Move(WindowsPath.ForSystem(from), target, ReplaceExisting | WriteThrough) != 0)
        {
            return 0;
        }
        var number = Marshal.GetLastPInvokeError();
        // It also refuses to replace a file that is read-only or that anybody has open, even for sharing.
        return number == WindowsErrors.AccessDenied && WindowsNative.AttributesOf(target) != WindowsNative.NoAttributes
            ? MoveOverOpenFile(from, target)
            : number;
    }

    /// <summary>The rename of Windows 10 that takes the name away from a file which stays open under none.</summary>
    private static int MoveOverOpenFile(string from, string systemTarget)
    {
        const int ReplaceIfExists = 0x1, AsOnUnix = 0x2, IgnoreReadOnly = 0x40;
        using var source = WindowsStatus.Open(from, WindowsNative.Delete, followLinks: false);
        if (source.IsInvalid)
        {
            return Marshal.GetLastPInvokeError();
        }
        // FILE_RENAME_INFO: flags, a root handle at its own alignment, the name's length in bytes, the name.
        var lengthOffset = 2 * sizeof(nint);
        var nameOffset = lengthOffset + sizeof(int);
        var nameBytes = systemTarget.Length * sizeof(char);
        var information = new byte[nameOffset + nameBytes + sizeof(char)];
        BitConverter.TryWriteBytes(information, ReplaceIfExists | AsOnUnix | IgnoreReadOnly);
        BitConverter.TryWriteBytes(information.AsSpan(lengthOffset), nameBytes);
        MemoryMarshal.AsBytes(systemTarget.AsSpan()).CopyTo(information.AsSpan(nameOffset));
        fixed (byte* start = information)
        {
            return WindowsNative.Change(source, WindowsNative.RenameInformationEx, start, information.Length) != 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
    }

    private static int DeleteOnce(string path)
    {
        const uint DeleteIt = 0x1, AsOnUnix = 0x2, IgnoreReadOnly = 0x10;
        var access = WindowsNative.Delete | WindowsNative.ReadAttributes | WindowsNative.WriteAttributes;
        using var entry = WindowsStatus.Open(path, access, followLinks: false);
        if (entry.IsInvalid)
        {
            return Marshal.GetLastPInvokeError();
        }
        // The name is gone when the handle closes, whoever else has the file open (Windows 10 1809, NTFS).
        var how = DeleteIt | AsOnUnix | IgnoreReadOnly;
        if (WindowsNative.Change(entry, WindowsNative.DispositionInformationEx, &how, sizeof(uint)) != 0)
        {
            return 0;
        }
        var number = Marshal.GetLastPInvokeError();
        return number is WindowsErrors.InvalidParameter or WindowsErrors.NotSupported or WindowsErrors.InvalidFunction
            ? DeleteTheOldWay(entry)
            : number;
    }

    /// <summary>Read-only files cannot be deleted, and hard links share the attribute: it is put back at once.</summary>
    private static int DeleteTheOldWay(SafeFileHandle entry)
    {
        var size = sizeof(WindowsNative.Basic);
        WindowsNative.Basic before;
        if (WindowsNative.Query(entry, WindowsNative.BasicInformation, &before, size) == 0)
        {
            return Marshal.GetLastPInvokeError();
        }
        var isSealed = (before.Attributes & WindowsNative.ReadOnlyAttribute) != 0;
        if (isSealed)
        {
            // Times of zero leave the times as they are; attributes of zero would leave the attributes.
            var writable = new WindowsNative.Basic
            {
                Attributes = (before.Attributes & ~WindowsNative.ReadOnlyAttribute) | WindowsNative.NormalAttribute,
            };
            WindowsNative.Change(entry, WindowsNative.BasicInformation, &writable, size);
        }
        byte deleteIt = 1;
        var number = WindowsNative.Change(entry, WindowsNative.DispositionInformation, &deleteIt, sizeof(byte)) != 0
            ? 0
            : Marshal.GetLastPInvokeError();
        if (isSealed)
        {
            var again = new WindowsNative.Basic { Attributes = before.Attributes };
            WindowsNative.Change(entry, WindowsNative.BasicInformation, &again, size);
        }
        return number;
    }

    private static int Retry(Func<int> attempt, int transient, int orTransient)
    {
        var number = attempt();
        var wait = FirstWaitMilliseconds;
        for (var retry = 0; retry < RetriesMax && (number == transient || number == orTransient); retry++)
        {
            Thread.Sleep(wait);
            wait *= 2;
            number = attempt();
        }
        return number;
    }

    private static FileSystemException Refused(int number, string from, string to) =>
        WindowsErrors.From(number, $"rename '{from}' to", to);
}
