using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>
/// A file whose lock says that somebody is alive. Invariants:
/// it appears under its name only when it is already locked; whoever removes it holds it exclusively and writes the
/// byte <c>dead</c> first; whoever gets the lock reads that byte and compares the file with the one at the path.
/// So a lock on a file that is being removed is never taken for a lock on its name.
/// </summary>
public sealed class LockFile : IDisposable
{
    /// <summary>What a lock file holds from its beginning on.</summary>
    public const byte Alive = (byte)'A';

    private const byte Dead = (byte)'D';
    private const string PrivateSuffix = ".new";

    /// <summary>Each lost race means that a collection was there at this very moment.</summary>
    private const int AttemptsMax = 100;

    private readonly Machine machine;
    private readonly string path;
    private readonly IFile file;

    private LockFile(Machine machine, string path, IFile file)
    {
        this.machine = machine;
        this.path = path;
        this.file = file;
    }

    public FileIdentity Identity => file.Identity;

    /// <summary>Makes the file, locked exclusively by us.</summary>
    /// <remarks>
    /// Crash: before the rename a private file that a collection sweeps; after it a file that can be locked. A collection
    /// that sweeps the private file before we lock it makes us start over.
    /// </remarks>
    public static LockFile Create(Machine machine, string path)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var privateName = $"{path}.{attempt}{PrivateSuffix}";
            var file = machine.Files.Create(privateName, FileSystemExtensions.OrdinaryFile);
            try
            {
                file.Write([Alive], 0);
                if (machine.TryLock(file, LockKind.Exclusive) && IsCurrent(machine, file, privateName)) // Guard: lock-operation
                {
                    machine.Files.Rename(privateName, path);
                    return new LockFile(machine, path, file);
                }
                file.Dispose();
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        throw new StoreException(StoreErrorKind.Busy, $"'{path}' was swept {AttemptsMax} times before it could be locked\nhelp: run the command again");
    }

    /// <summary>Whether a file is one that is about to be locked and named.</summary>
    public static bool IsPrivate(string name) => name.EndsWith(PrivateSuffix, StringComparison.Ordinal);

    /// <summary>Takes the lock of an existing file without waiting.</summary>
    public static LockAttempt TryTake(Machine machine, string path, LockKind kind)
    {
        var file = kind == LockKind.Exclusive
            ? machine.Files.TryOpenReadWrite(path)
            : machine.Files.TryOpenRead(path);
        if (file is null)
        {
            return new LockAttempt.Missing();
        }
        if (!machine.TryLock(file, kind)) // Guard: lock-taken
        {
            var identity = file.Identity;
            file.Dispose();
            return new LockAttempt.Held(identity);
        }
        if (!IsCurrent(machine, file, path)) // Guard: recheck-lock
        {
            file.Dispose();
            return new LockAttempt.Missing();
        }
        return new LockAttempt.Taken(new LockFile(machine, path, file));
    }

    /// <summary>Which file at the path somebody holds; null if nobody does. Nothing is taken, so whoever may read may ask.</summary>
    public static FileIdentity? FindHeld(Machine machine, string path)
    {
        using var file = machine.Files.TryOpenRead(path);
        return file is not null && !machine.Locks.Ask(path, () => file.CouldLock(LockKind.Exclusive)) ? file.Identity : null;
    }

    /// <summary>Removes a file that nobody holds, whether somebody began to remove it before or not.</summary>
    /// <remarks>Crash: a file that is marked dead, which the next removal deletes.</remarks>
    public static void RemoveUnheld(Machine machine, string path)
    {
        using var file = machine.Files.TryOpenReadWrite(path);
        if (file is not null
            && machine.TryLock(file, LockKind.Exclusive)
            && machine.Files.Status(path)?.Identity == file.Identity)
        {
            new LockFile(machine, path, file).Remove();
        }
    }

    /// <summary>Marks the file dead: nobody who opened it before can hold its name any more.</summary>
    /// <remarks>
    /// The byte replaces one that is there, so a full disk has room for it. Where it has not (a file system that never
    /// writes in place), the comparison of the file with the one at the path is what protects, as long as no cache of
    /// another machine is between.
    /// </remarks>
    public void MarkDead()
    {
        try
        {
            file.Write([Dead], 0);
        }
        catch (FileSystemException full) when (full.Error == FileSystemError.NoSpace)
        {
            // See above: a collection must work on a full disk.
        }
    }

    /// <summary>Removes the file; the lock ends with the last descriptor.</summary>
    public void Remove()
    {
        MarkDead();
        machine.Files.TryDeleteFile(path);
        Dispose();
    }

    public void KeepAcrossExec() => file.KeepAcrossExec();

    public void Dispose() => file.Dispose();

    /// <summary>Whether a lock on the file is a lock on the path: it was not removed while we opened it.</summary>
    private static bool IsCurrent(Machine machine, IFile file, string path)
    {
        Span<byte> mark = stackalloc byte[1];
        var isDead = file.Read(mark, 0) == 1 && mark[0] == Dead;
        return !isDead && machine.Files.Status(path)?.Identity == file.Identity;
    }
}

/// <summary>What came of trying to take a lock.</summary>
public abstract record LockAttempt
{
    private LockAttempt()
    {
    }

    /// <summary>The lock is ours until it is disposed.</summary>
    public sealed record Taken(LockFile Lock) : LockAttempt;

    /// <summary>Somebody else holds it.</summary>
    public sealed record Held(FileIdentity File) : LockAttempt;

    /// <summary>There is no such file, or it is being removed.</summary>
    public sealed record Missing : LockAttempt;
}
