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
    private const byte Dead = (byte)'D';

    /// <summary>Each failure means that a collection which protects nothing young came by within microseconds.</summary>
    private const int CreationsMax = 20;

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
    /// <remarks>Crash: before the rename a private file that collection sweeps; after it a file that can be locked.</remarks>
    public static LockFile Create(Machine machine, string path)
    {
        for (var attempt = 1; attempt <= CreationsMax; attempt++)
        {
            var privateName = $"{path}.new{attempt}";
            var file = machine.Files.Create(privateName, FileSystemExtensions.OrdinaryFile);
            // Before it is locked it looks like what a crash left, so a collection may be removing it.
            if (file.TryLock(LockKind.Exclusive) && TryRename(machine, privateName, path))
            {
                return new LockFile(machine, path, file);
            }
            file.Dispose();
        }
        throw new StoreException(StoreErrorKind.Busy, $"'{path}' was removed {CreationsMax} times while it was made");
    }

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
        if (!file.TryLock(kind))
        {
            var identity = file.Identity;
            file.Dispose();
            return new LockAttempt.Held(identity);
        }
        if (IsDead(file) || machine.Files.Status(path)?.Identity != file.Identity)
        {
            file.Dispose();
            return new LockAttempt.Missing();
        }
        return new LockAttempt.Taken(new LockFile(machine, path, file));
    }

    /// <summary>Marks the file dead: nobody who opened it before can hold its name any more.</summary>
    public void MarkDead() => file.Write([Dead], 0);

    /// <summary>Takes the mark back when the removal did not happen.</summary>
    public void MarkAlive() => file.SetLength(0);

    /// <summary>Removes the file; the lock ends with the last descriptor.</summary>
    public void Remove()
    {
        MarkDead();
        machine.Files.TryDeleteFile(path);
        Dispose();
    }

    public void KeepAcrossExec() => file.KeepAcrossExec();

    public void Dispose() => file.Dispose();

    private static bool TryRename(Machine machine, string from, string to)
    {
        try
        {
            machine.Files.Rename(from, to);
            return true;
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.NotFound)
        {
            return false;
        }
    }

    private static bool IsDead(IFile file)
    {
        Span<byte> mark = stackalloc byte[1];
        return file.Read(mark, 0) == 1 && mark[0] == Dead;
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
