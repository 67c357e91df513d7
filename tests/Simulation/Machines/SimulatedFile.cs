using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>An open file of a simulated process, with the lock that belongs to this opening.</summary>
internal sealed class SimulatedFile : IFile
{
    private readonly SimulatedProcess process;
    private readonly Inode inode;
    private readonly bool isWritable;
    private bool isClosed;

    internal SimulatedFile(SimulatedProcess process, Inode inode, string path, bool isWritable)
    {
        this.process = process;
        this.inode = inode;
        this.isWritable = isWritable;
        Path = path;
        process.NoteOpened(this);
    }

    public string Path { get; }

    public long Length => inode.Content.Length;

    public FileIdentity Identity => new(1, (ulong)inode.Number);

    internal int ProcessId => process.Id;

    private Disk Disk => process.World.Disk;

    public int Read(Span<byte> buffer, long offset)
    {
        var length = buffer.Length;
        var bytes = process.Perform(new Effect(EffectKind.Read, Path), () =>
        {
            var content = inode.Content.Span;
            return offset >= content.Length
                ? []
                : content.Slice((int)offset, (int)Math.Min(length, content.Length - offset)).ToArray();
        });
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Invariant.Hold(isWritable, "only a file opened for writing is written");
        var written = bytes.ToArray();
        process.Perform(
            new Effect(EffectKind.Write, Path), () => Put(written), () => Put(written.AsSpan(0, written.Length / 2)));

        void Put(ReadOnlySpan<byte> part)
        {
            inode.Content.Write(part, (int)offset);
            Disk.NoteWritten(inode);
        }
    }

    public void SetLength(long bytes)
    {
        Invariant.Hold(isWritable, "only a file opened for writing is truncated");
        process.Perform(new Effect(EffectKind.Truncate, Path), () =>
        {
            inode.Content.SetLength((int)bytes);
            Disk.NoteWritten(inode);
        });
    }

    public void Sync() => process.Perform(new Effect(EffectKind.Sync, Path), () => Disk.SyncFile(inode));

    public void StartWriteBack()
    {
        // A hint that changes nothing anybody can see.
    }

    public bool TryLock(LockKind kind) => process.Perform(new Effect(EffectKind.Lock, Path), () =>
    {
        Invariant.Hold(isWritable || kind == LockKind.Shared, "an exclusive lock needs a file opened for writing");
        if (inode.ExclusiveHolder is { } holder && holder != this)
        {
            return false;
        }
        if (kind == LockKind.Exclusive && inode.SharedHolders.Exists(shared => shared != this))
        {
            return false;
        }
        LetGo();
        if (kind == LockKind.Exclusive)
        {
            inode.ExclusiveHolder = this;
        }
        else
        {
            inode.SharedHolders.Add(this);
        }
        return true;
    });

    public bool CouldLock(LockKind kind) => process.Perform(new Effect(EffectKind.Look, Path), () =>
        (inode.ExclusiveHolder ?? this) == this
        && (kind == LockKind.Shared || inode.SharedHolders.TrueForAll(shared => shared == this)));

    public void Unlock() => process.Perform(new Effect(EffectKind.Unlock, Path), LetGo);

    public void KeepAcrossExec()
    {
        // A simulated tool goes on in the process that chose it, and so do its files.
    }

    public void Dispose()
    {
        if (!isClosed)
        {
            Close();
            process.NoteClosed(this);
        }
    }

    internal void Close()
    {
        isClosed = true;
        LetGo();
    }

    private void LetGo()
    {
        inode.SharedHolders.Remove(this);
        if (inode.ExclusiveHolder == this)
        {
            inode.ExclusiveHolder = null;
        }
    }
}
