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
    private const byte Alive = (byte)'A';
    private const byte Dead = (byte)'D';

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
        var privateName = path + ".new";
        var file = machine.Files.Create(privateName, FileSystemExtensions.OrdinaryFile);
        try
        {
            Invariant.Hold(file.TryLock(LockKind.Exclusive), "nobody else locks a file under its private name");
            // The space for the byte that says dead is taken now: on a full disk it could not be had.
            file.Write([Alive], 0);
            machine.Files.Rename(privateName, path);
        }
        catch (FileSystemException)
        {
            file.Dispose();
            machine.Files.TryDeleteFile(privateName);
            throw;
        }
        return new LockFile(machine, path, file);
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
