using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>The file operations of one process, on the simulated disk.</summary>
internal sealed class SimulatedFiles(SimulatedProcess process) : IFileSystem
{
    private Disk Disk => process.World.Disk;

    public FileStatus? Status(string path) =>
        Observe(EffectKind.Look, path, () => Describe(Disk.Find(path, followsLast: false)));

    public FileStatus? TargetStatus(string path) =>
        Observe(EffectKind.Look, path, () => Describe(Disk.Find(path, followsLast: true)));

    // Sorted, so that a seed means one history.
    public IReadOnlyList<DirectoryEntry> List(string directory) => Observe<IReadOnlyList<DirectoryEntry>>(
        EffectKind.List, directory, () => Disk.Find(directory, followsLast: true) is { Kind: FileKind.Directory } found
            ? [.. found.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => new DirectoryEntry(entry.Key, entry.Value.Kind))]
            : []);

    public string? ReadLink(string path) => Observe(
        EffectKind.Look, path, () => Disk.Find(path, followsLast: false) is { Kind: FileKind.SymbolicLink } link ? link.Target : null);

    // The simulated homes have no links above their files.
    public string? Canonicalize(string path) => Disk.Find(path, followsLast: true) is null ? null : Disk.Normalize(path);

    public bool CanWrite(string path) => Disk.Find(path, followsLast: true) is not null;

    public IFile OpenRead(string path) =>
        TryOpenRead(path) ?? throw Refuse(FileSystemError.NotFound, "open", path);

    public IFile? TryOpenRead(string path) => TryOpen(path, isWritable: false);

    public IFile? TryOpenReadWrite(string path) => TryOpen(path, isWritable: true);

    public IFile Create(string path, UnixFileMode mode) => process.Perform(
        new Effect(EffectKind.Create, path), () => Opened(Make(path, mode, "create"), path, isWritable: true));

    public void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var bytes = content.ToArray();
        process.Perform(
            new Effect(EffectKind.WriteNew, path),
            () => Write(Make(path, mode, "create"), bytes),
            () => Write(Make(path, mode, "create"), bytes.AsSpan(0, bytes.Length / 2)));
    }

    public byte[] ReadAll(string path) => Observe(
        EffectKind.Read, path, () => FileAt(path, "open").Content.Span.ToArray());

    public void CreateDirectories(string path)
    {
        if (Disk.Find(path, followsLast: true) is { Kind: FileKind.Directory })
        {
            process.RequireAlive();
            return;
        }
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            CreateDirectories(parent);
        }
        process.Perform(new Effect(EffectKind.CreateDirectory, path), () =>
        {
            // Another process may have been faster.
            if (Disk.Find(path, followsLast: true) is null)
            {
                Disk.Add(ParentOf(path, "create directory"), Path.GetFileName(path), Disk.Allocate(FileKind.Directory));
            }
        });
    }

    public void CreateDirectory(string path) => process.Perform(
        new Effect(EffectKind.CreateDirectory, path),
        () => AddNew(path, Disk.Allocate(FileKind.Directory), "create directory"));

    public void Rename(string from, string to) => process.Perform(new Effect(EffectKind.Rename, from, to), () =>
    {
        var source = ParentOf(from, "rename");
        var target = ParentOf(to, "rename to");
        var moved = source.Entries.GetValueOrDefault(Path.GetFileName(from)) ?? throw Refuse(FileSystemError.NotFound, "rename", from);
        if (moved is { Kind: FileKind.Directory, IsOfLowerLayer: true })
        {
            throw Refuse(FileSystemError.CrossesDevices, "rename", from);
        }
        switch (target.Entries.GetValueOrDefault(Path.GetFileName(to)))
        {
            case { Kind: FileKind.Directory } when moved.Kind != FileKind.Directory:
                throw Refuse(FileSystemError.IsADirectory, "rename to", to);
            case { Kind: FileKind.Directory, Entries.Count: > 0 }:
                throw Refuse(FileSystemError.NotEmpty, "rename to", to);
            case { Kind: not FileKind.Directory } when moved.Kind == FileKind.Directory:
                throw Refuse(FileSystemError.NotADirectory, "rename to", to);
        }
        Disk.Move(source, Path.GetFileName(from), target, Path.GetFileName(to));
    });

    public bool TryExchange(string path, string other)
    {
        if (new[] { path, other }.Any(name => Disk.Find(name, followsLast: false) is { Kind: FileKind.Directory, IsOfLowerLayer: true }))
        {
            process.RequireAlive();
            return false;
        }
        process.Perform(new Effect(EffectKind.Exchange, path, other), () =>
        {
            var first = ParentOf(path, "exchange");
            var second = ParentOf(other, "exchange");
            if (!first.Entries.ContainsKey(Path.GetFileName(path)) || !second.Entries.ContainsKey(Path.GetFileName(other)))
            {
                throw Refuse(FileSystemError.NotFound, "exchange", path);
            }
            Disk.Exchange(first, Path.GetFileName(path), second, Path.GetFileName(other));
        });
        return true;
    }

    public void DeleteFile(string path) => process.Perform(new Effect(EffectKind.DeleteFile, path), () =>
    {
        var parent = ParentOf(path, "delete");
        switch (parent.Entries.GetValueOrDefault(Path.GetFileName(path)))
        {
            case null:
                throw Refuse(FileSystemError.NotFound, "delete", path);
            case { Kind: FileKind.Directory }:
                throw Refuse(FileSystemError.IsADirectory, "delete", path);
        }
        Disk.Remove(parent, Path.GetFileName(path));
    });

    public void DeleteEmptyDirectory(string path) => process.Perform(new Effect(EffectKind.DeleteDirectory, path), () =>
    {
        var parent = ParentOf(path, "delete directory");
        var directory = parent.Entries.GetValueOrDefault(Path.GetFileName(path)) ?? throw Refuse(FileSystemError.NotFound, "delete directory", path);
        if (directory.Entries.Count > 0)
        {
            throw Refuse(FileSystemError.NotEmpty, "delete directory", path);
        }
        Disk.Remove(parent, Path.GetFileName(path));
    });

    public void CreateSymbolicLink(string path, string target, bool isDirectory) => process.Perform(
        new Effect(EffectKind.SymbolicLink, path), () =>
        {
            var link = Disk.Allocate(FileKind.SymbolicLink);
            link.Target = target;
            AddNew(path, link, "link");
        });

    public void CreateHardLink(string existing, string path) => process.Perform(
        new Effect(EffectKind.HardLink, path), () => AddNew(path, FileAt(existing, "link"), "link"));

    public void CloneFile(string existing, string path, UnixFileMode mode) =>
        throw Refuse(FileSystemError.NotSupported, "clone", path);

    public void CopyFile(string existing, string path, UnixFileMode mode) => process.Perform(
        new Effect(EffectKind.Copy, path),
        () => Write(Make(path, mode, "create"), FileAt(existing, "open").Content.Span),
        () =>
        {
            var bytes = FileAt(existing, "open").Content.Span;
            Write(Make(path, mode, "create"), bytes[..(bytes.Length / 2)]);
        });

    // All simulated processes are of one user.
    public IDisposable ShareLike(string directory) => new MemoryStream();

    public void SetMode(string path, UnixFileMode mode) => process.Perform(
        new Effect(EffectKind.SetMode, path), () =>
        {
            var inode = EntryAt(path, "change the mode of");
            inode.Mode = mode;
            inode.Changed = Disk.Now();
        });

    public void SetModified(string path, long nanoseconds) => process.Perform(
        new Effect(EffectKind.SetModified, path), () =>
        {
            var inode = EntryAt(path, "set the time of");
            inode.Modified = nanoseconds;
            inode.Changed = Disk.Now();
        });

    public void SyncDirectory(string path) => process.Perform(
        new Effect(EffectKind.SyncDirectory, path), () => Disk.SyncDirectory(EntryAt(path, "sync")));

    public void Refresh(string directory)
    {
    }

    public IVolume OpenVolume(string path) => new Volume(process, path);

    public VolumeDescription Describe(string path) => new(VolumeKind.Local, "simulated", IsReadOnly: false);

    public MountDescription? FindMount(string path) => null;

    public long AvailableBytes(string path) => process.World.AvailableBytes;

    internal static FileSystemException Refuse(FileSystemError error, string operation, string path) =>
        new(error, operation, path, $"{error}");

    private T Observe<T>(EffectKind kind, string path, Func<T> look) => process.Perform(new Effect(kind, path), look);

    private IFile? TryOpen(string path, bool isWritable) => Observe<IFile?>(EffectKind.Open, path, () =>
        Disk.Find(path, followsLast: true) switch
        {
            null => null,
            { Kind: FileKind.File } file => Opened(file, path, isWritable),
            _ => throw Refuse(FileSystemError.IsADirectory, "open", path),
        });

    private SimulatedFile Opened(Inode file, string path, bool isWritable) => new(process, file, path, isWritable);

    private Inode Make(string path, UnixFileMode mode, string operation)
    {
        var file = Disk.Allocate(FileKind.File, mode);
        AddNew(path, file, operation);
        return file;
    }

    private void Write(Inode file, ReadOnlySpan<byte> bytes)
    {
        file.Content.Write(bytes, 0);
        Disk.NoteWritten(file);
    }

    private void AddNew(string path, Inode inode, string operation)
    {
        var parent = ParentOf(path, operation);
        if (parent.Entries.ContainsKey(Path.GetFileName(path)))
        {
            throw Refuse(FileSystemError.Exists, operation, path);
        }
        Disk.Add(parent, Path.GetFileName(path), inode);
    }

    private Inode ParentOf(string path, string operation) => Disk.FindParent(path) switch
    {
        null => throw Refuse(FileSystemError.NotFound, operation, path),
        { Kind: FileKind.Directory } parent => parent,
        _ => throw Refuse(FileSystemError.NotADirectory, operation, path),
    };

    private Inode EntryAt(string path, string operation) =>
        Disk.Find(path, followsLast: true) ?? throw Refuse(FileSystemError.NotFound, operation, path);

    private Inode FileAt(string path, string operation) => EntryAt(path, operation) switch
    {
        { Kind: FileKind.File } file => file,
        _ => throw Refuse(FileSystemError.IsADirectory, operation, path),
    };

    private static FileStatus? Describe(Inode? inode) => inode is null
        ? null
        : new FileStatus(
            inode.Kind,
            inode.Mode,
            inode.Kind == FileKind.SymbolicLink ? inode.Target.Length : inode.Content.Length,
            inode.Modified,
            inode.Changed,
            new FileIdentity(1, (ulong)inode.Number),
            Owner: 0,
            inode.Links,
            inode.Content.Length);

    private sealed class Volume(SimulatedProcess process, string path) : IVolume
    {
        public void Sync() => process.Perform(
            new Effect(EffectKind.SyncVolume, path), process.World.Disk.SyncAll);

        public void Dispose()
        {
        }
    }
}
