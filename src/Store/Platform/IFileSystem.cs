namespace ToolchainStore.Platform;

/// <summary>What a directory entry is.</summary>
public enum FileKind
{
    File,
    Directory,
    SymbolicLink,
    Other,
}

/// <summary>Which file this is, whatever path leads to it.</summary>
public readonly record struct FileIdentity(ulong Device, ulong Inode);

/// <summary>What the file system says of one entry. Times have the file system's resolution.</summary>
public sealed record FileStatus(
    FileKind Kind,
    UnixFileMode Mode,
    long SizeBytes,
    long ModifiedNanoseconds,
    long ChangedNanoseconds,
    FileIdentity Identity,
    uint Owner,
    long Links,
    long AllocatedBytes)
{
    /// <summary>When something was last read of it, to a day, where the volume notes that; see <see cref="VolumeDescription.NotesReads"/>.</summary>
    public long AccessedNanoseconds { get; init; }
}

/// <summary>One name in a directory. The kind is the entry's own: links are not followed.</summary>
public readonly record struct DirectoryEntry(string Name, FileKind Kind);

/// <summary>How an open file is locked. The kernel releases a lock when its last descriptor closes.</summary>
public enum LockKind
{
    Shared,
    Exclusive,
}

/// <summary>An open file: bytes at offsets, durability, and the lock that belongs to this opening of it.</summary>
public interface IFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    FileIdentity Identity { get; }

    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    void SetLength(long bytes);

    /// <summary>Makes the content durable. After a failure the file must be written anew, never synced again.</summary>
    void Sync();

    /// <summary>
    /// Asks that what was written so far begins its way to the disk, without waiting: a sync that follows has less to do.
    /// A hint, and no effect: neither fails nor makes anything durable.
    /// </summary>
    void StartWriteBack();

    /// <summary>Takes the lock, or says at once that somebody else holds it.</summary>
    bool TryLock(LockKind kind);

    /// <summary>Whether <see cref="TryLock"/> would succeed at this moment, of a file opened in any way. Takes nothing.</summary>
    bool CouldLock(LockKind kind);

    void Unlock();

    /// <summary>Lets programs started by <c>exec</c> inherit the descriptor, and with it the lock.</summary>
    void KeepAcrossExec();
}

/// <summary>A file system that can be made durable as a whole.</summary>
public interface IVolume : IDisposable
{
    /// <summary>
    /// Makes everything written since this volume was opened durable. A failure means that some of it may be lost:
    /// drop what was staged and write it again.
    /// </summary>
    void Sync();
}

/// <summary>What kind of place a path is on.</summary>
public enum VolumeKind
{
    Local,
    Network,
}

/// <summary>A mounted file system, as far as the store cares.</summary>
public sealed record VolumeDescription(VolumeKind Kind, string TypeName, bool IsReadOnly)
{
    /// <summary>
    /// Whether the time when a file was last read can be told, to a day. Not where the mount forbids it, on overlays, whose
    /// lower files keep the time they came with, and not over a network.
    /// </summary>
    public bool NotesReads { get; init; }
}

/// <summary>
/// All file operations of the store. Every method throws <see cref="FileSystemException"/> with the operation
/// and the path; each call is one effect for crash tests.
/// </summary>
public interface IFileSystem
{
    /// <summary>The entry itself, null if there is none.</summary>
    FileStatus? Status(string path);

    /// <summary>What the path leads to through links, null if nothing.</summary>
    FileStatus? TargetStatus(string path);

    /// <summary>The entries of a directory in no order; empty if it does not exist.</summary>
    IReadOnlyList<DirectoryEntry> List(string directory);

    string? ReadLink(string path);

    /// <summary>The path without links, null if it does not exist.</summary>
    string? Canonicalize(string path);

    bool CanWrite(string path);

    IFile OpenRead(string path);

    /// <summary>Null if the file does not exist.</summary>
    IFile? TryOpenRead(string path);

    /// <summary>Null if the file does not exist.</summary>
    IFile? TryOpenReadWrite(string path);

    /// <summary>A new file; an existing one is an error.</summary>
    IFile Create(string path, UnixFileMode mode);

    /// <summary>Writes a new small file in one go; an existing one is an error.</summary>
    void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode);

    byte[] ReadAll(string path);

    /// <summary>Makes the directory and those above it; existing ones are fine.</summary>
    void CreateDirectories(string path);

    /// <summary>Makes one directory; an existing one is an error.</summary>
    void CreateDirectory(string path);

    /// <summary>Moves an entry; a file that stands there is replaced, a non-empty directory refuses.</summary>
    void Rename(string from, string to);

    /// <summary>
    /// Exchanges what two paths lead to in one step, whatever kinds they are: each is always there. False where the file
    /// system cannot do that.
    /// </summary>
    bool TryExchange(string path, string other);

    void DeleteFile(string path);

    void DeleteEmptyDirectory(string path);

    /// <summary>Windows wants to know whether the target is a directory (a junction is made then).</summary>
    void CreateSymbolicLink(string path, string target, bool isDirectory);

    void CreateHardLink(string existing, string path);

    /// <summary>Shares the blocks of a file with a new one (reflink).</summary>
    void CloneFile(string existing, string path, UnixFileMode mode);

    void CopyFile(string existing, string path, UnixFileMode mode);

    void SetMode(string path, UnixFileMode mode);

    /// <summary>
    /// Until the result is disposed, whoever may write to a directory may write to what this process makes, whatever its umask says.
    /// Nothing changes for a directory that only its owner may write, or whose entries belong to their owners (sticky).
    /// </summary>
    IDisposable ShareLike(string directory);

    void SetModified(string path, long nanoseconds);

    void SyncDirectory(string path);

    /// <summary>
    /// Makes the names in a directory that this machine remembers, or remembers not to be there, be asked for again. An NFS
    /// client believes itself for 30 s; opening the directory makes it ask (measured). No effect anywhere else.
    /// </summary>
    void Refresh(string directory);

    IVolume OpenVolume(string path);

    /// <summary>One system call; over a network one question to the server.</summary>
    VolumeDescription Describe(string path);

    /// <summary>Where a path is mounted from, and how; null where the system does not tell.</summary>
    MountDescription? FindMount(string path);

    long AvailableBytes(string path);
}
