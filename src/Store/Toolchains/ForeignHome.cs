using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A home that somebody else owns, as in most container images: whoever may not write it reads and runs.</summary>
internal static class ForeignHome
{
    /// <summary>Says whose home it is and what to do, before a command that would change it has begun.</summary>
    internal static void Refuse(Machine machine, StoreLayout layout)
    {
        if (FindUnwritable(machine, layout) is not { } status)
        {
            return;
        }
        throw new StoreException(StoreErrorKind.Disk, machine.Files.Describe(layout.RustupHome).IsReadOnly
            ? $"'{layout.RustupHome}' is on a file system that is mounted read-only"
                + "\nhelp: set RUSTUP_HOME to a directory of your own to install toolchains there"
            : $"'{layout.RustupHome}' belongs to {UserAccount.FindName(status.Owner)}, and {UserAccount.CurrentName} may not change it"
                + $"\nhelp: run the command as {UserAccount.FindName(status.Owner)},"
                + " or set RUSTUP_HOME to a directory of your own to install toolchains there");
    }

    /// <summary>The directory that may not be written: the store, or the home where there is no store yet. Null if it may, or is not there.</summary>
    internal static FileStatus? FindUnwritable(Machine machine, StoreLayout layout)
    {
        if (machine.Files.CanWrite(layout.Root))
        {
            return null;
        }
        var directory = machine.Files.Exists(layout.Root) ? layout.Root : layout.RustupHome;
        return machine.Files.CanWrite(directory) ? null : machine.Files.TargetStatus(directory);
    }
}
