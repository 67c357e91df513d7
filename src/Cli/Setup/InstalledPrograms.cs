using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// The executables below <c>$CARGO_HOME/bin</c>. Invariants: a version directory is complete when it appears and its files
/// never change; every tool name is a link through <c>.rustup/current</c>; updating is a new directory and one moved link;
/// a version goes only when it has not been current for a day, while nobody is installing.
/// <code>
/// bin/.rustup/VERSION/   rustup, rustup-proxy (and SQLite, where it is shared)
/// bin/.rustup/current    link to one VERSION
/// bin/.rustup/lock       shared: somebody installs; exclusive: somebody removes what is old
/// bin/rustup             link to .rustup/current/rustup
/// bin/rustc, cargo, …    links to .rustup/current/rustup-proxy
/// </code>
/// </summary>
internal sealed class InstalledPrograms(Machine machine, UserHomes homes, Reporter reporter)
{
    internal const string DirectoryName = ".rustup";
    internal const string CurrentName = "current";
    internal const string StagingPrefix = "+";
    private const string LockName = "lock";

    // What runs from the previous version may still start its other program; what a killed installer left is as old.
    internal static readonly TimeSpan Memory = TimeSpan.FromDays(1);
    private static readonly TimeSpan LockWaitLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockWaitInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The file name of the <c>rustup</c> program.</summary>
    internal static readonly string CommandLineName = OperatingSystem.IsWindows() ? "rustup.exe" : "rustup";

    /// <summary>The file name of the program that tools are links to.</summary>
    internal static readonly string ProxyName = OperatingSystem.IsWindows() ? "rustup-proxy.exe" : "rustup-proxy";

    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private string Versions => Path.Combine(homes.CargoBin, DirectoryName);

    /// <summary>Puts this program's executables in place; any number of processes may do so at once.</summary>
    /// <remarks>Crash: every name leads to the old or the new program, both complete; strays that a later sweep finds.</remarks>
    internal void Install(ProgramPackage package)
    {
        machine.Files.CreateDirectories(Versions);
        using (TakeLock())
        {
            var version = Publish(package);
            machine.ReachCrashPoint(CrashPoint.ProgramsPublished);
            MakeCurrent(version);
        }
        machine.ReachCrashPoint(CrashPoint.ProgramsCurrent);
        new ProgramNames(machine, homes, reporter).LinkAll();
        SweepOld();
    }

    /// <summary>Removes versions that have not been current for a day, and what killed installers left.</summary>
    /// <remarks>
    /// Crash: a version is in place or under a stray's name, which nobody uses. Locking: nothing happens while somebody
    /// installs, who might be about to make an old version current again; the next sweep does it then.
    /// </remarks>
    internal void SweepOld()
    {
        if (!machine.Files.CanWrite(Versions))
        {
            // Part of an image, or another user's: they sweep it.
            return;
        }
        using var file = machine.Files.TryOpenReadWrite(Path.Combine(Versions, LockName));
        if (file is null || !file.TryLock(LockKind.Exclusive))
        {
            return;
        }
        var horizon = machine.Clock.GetUtcNow().Subtract(Memory);
        foreach (var entry in machine.Files.List(homes.CargoBin).Where(FileSystemExtensions.IsStrayLink))
        {
            DeleteIfOlder(Path.Combine(homes.CargoBin, entry.Name), horizon);
        }
        foreach (var stray in machine.Files.List(Versions).Where(entry => entry.Name.StartsWith(StagingPrefix, StringComparison.Ordinal)))
        {
            DeleteIfOlder(Path.Combine(Versions, stray.Name), horizon);
        }
        foreach (var version in ListUnneeded(horizon))
        {
            // Never seen half deleted under its name.
            var discarded = Path.Combine(Versions, StagingPrefix + machine.NewId());
            machine.Files.Rename(Path.Combine(Versions, version), discarded);
            machine.Files.DeleteTree(discarded);
        }
    }

    private IReadOnlyList<string> ListUnneeded(DateTimeOffset horizon)
    {
        var current = machine.Files.ReadLink(Path.Combine(Versions, CurrentName));
        var old = machine.Files.List(Versions)
            .Where(entry => entry.Kind == FileKind.Directory
                && !entry.Name.StartsWith(StagingPrefix, StringComparison.Ordinal)
                && entry.Name != current
                && machine.Files.Status(Path.Combine(Versions, entry.Name))?.ModifiedNanoseconds < Nanoseconds(horizon))
            .Select(entry => entry.Name).ToList();
        return old.Count == 0
            ? old
            : [.. old.Except(machine.Processes.FindUsers(Versions).SelectMany(user => user.StandsIn is { } entry ? user.Entries.Append(entry) : user.Entries))];
    }

    /// <summary>Shared: installers wait for nobody but a sweep, whose work are a few deletions.</summary>
    private IFile TakeLock()
    {
        var path = Path.Combine(Versions, LockName);
        var started = machine.Clock.GetTimestamp();
        var file = OpenLock(path);
        while (!file.TryLock(LockKind.Shared))
        {
            if (machine.Clock.GetElapsedTime(started) > LockWaitLimit)
            {
                var holders = machine.Processes.FindHolders(file.Identity)
                    .Where(holder => holder.ProcessId != machine.Processes.CurrentId)
                    .Select(holder => $"{holder.Program} (process {holder.ProcessId})");
                throw new StoreException(
                    StoreErrorKind.Busy,
                    $"'{path}' is held for more than {LockWaitLimit.TotalSeconds:0} s by one of: {string.Join(", ", holders)}"
                    + "\nhelp: if that process hangs, end it; nothing needs to be cleaned up after it");
            }
            machine.Sleep(LockWaitInterval);
        }
        return file;
    }

    private IFile OpenLock(string path)
    {
        try
        {
            return machine.Files.TryOpenReadWrite(path)
                ?? machine.Files.Create(path, FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException raced) when (raced.Error == FileSystemError.Exists)
        {
            // Another installer made it in between. It is never removed.
            return machine.Files.TryOpenReadWrite(path) ?? OpenLock(path);
        }
    }

    /// <summary>Moves the link, and notes when the version that it led to was last needed: in that directory's time.</summary>
    /// <remarks>Crash: the previous version looks younger than it is; the link is old or new.</remarks>
    private void MakeCurrent(string version)
    {
        var link = Path.Combine(Versions, CurrentName);
        if (machine.Files.ReadLink(link) is { } previous)
        {
            try
            {
                machine.Files.SetModified(Path.Combine(Versions, previous), Nanoseconds(machine.Clock.GetUtcNow()));
            }
            catch (FileSystemException refused)
                when (refused.Error is FileSystemError.NotFound or FileSystemError.AccessDenied)
            {
                // A broken link, or another user's version: then it is as old as its files.
            }
        }
        machine.Files.ReplaceSymbolicLink(
            link, version, isDirectory: true, Path.Combine(Versions, StagingPrefix + machine.NewId()));
    }

    /// <summary>Writes the programs into a new version directory, unless the same bytes are there already.</summary>
    private string Publish(ProgramPackage package)
    {
        var name = package.DirectoryName;
        var directory = Path.Combine(Versions, name);
        if (machine.Files.Exists(directory))
        {
            return name;
        }
        using var volume = machine.Files.OpenVolume(Versions);
        var staging = Path.Combine(Versions, StagingPrefix + machine.NewId());
        machine.Files.CreateDirectory(staging);
        try
        {
            foreach (var file in package.Files)
            {
                machine.Files.WriteNew(Path.Combine(staging, file.Name), file.Content, Executable);
            }
            volume.Sync();
        }
        catch (FileSystemException)
        {
            // On a full disk the part that was written is in the way of everybody.
            machine.Files.DeleteTree(staging);
            throw;
        }
        machine.ReachCrashPoint(CrashPoint.ProgramsStaged);
        try
        {
            machine.Files.Rename(staging, directory);
        }
        catch (FileSystemException refused) when (refused.Error is FileSystemError.NotEmpty or FileSystemError.Exists)
        {
            // Another installer published the same bytes in the meantime.
            machine.Files.DeleteTree(staging);
        }
        machine.Files.SyncDirectory(Versions);
        return name;
    }


    private void DeleteIfOlder(string path, DateTimeOffset horizon)
    {
        if (machine.Files.WasChangedBefore(path, horizon))
        {
            machine.Files.DeleteTree(path);
        }
    }

    private static long Nanoseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() * 1_000_000;
}
