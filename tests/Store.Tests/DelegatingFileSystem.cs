using ToolchainStore.Platform;

namespace ToolchainStore.Tests;

/// <summary>The real file system, for tests that change one thing of it.</summary>
internal abstract class DelegatingFileSystem(IFileSystem files) : IFileSystem
{
    public virtual VolumeDescription Describe(string path) => files.Describe(path);

    public virtual MountDescription? FindMount(string path) => files.FindMount(path);

    public FileStatus? Status(string path) => files.Status(path);

    public FileStatus? TargetStatus(string path) => files.TargetStatus(path);

    public virtual IReadOnlyList<DirectoryEntry> List(string directory) => files.List(directory);

    public virtual string? ReadLink(string path) => files.ReadLink(path);

    public string? Canonicalize(string path) => files.Canonicalize(path);

    public virtual bool CanWrite(string path) => files.CanWrite(path);

    public IFile OpenRead(string path) => files.OpenRead(path);

    public virtual IFile? TryOpenRead(string path) => files.TryOpenRead(path);

    public virtual IFile? TryOpenReadWrite(string path) => files.TryOpenReadWrite(path);

    public IFile Create(string path, UnixFileMode mode) => files.Create(path, mode);

    public virtual void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => files.WriteNew(path, content, mode);

    public virtual byte[] ReadAll(string path) => files.ReadAll(path);

    public void CreateDirectories(string path) => files.CreateDirectories(path);

    public void CreateDirectory(string path) => files.CreateDirectory(path);

    public virtual void Rename(string from, string to) => files.Rename(from, to);

    public virtual bool TryExchange(string path, string other) => files.TryExchange(path, other);

    public void DeleteFile(string path) => files.DeleteFile(path);

    public void DeleteEmptyDirectory(string path) => files.DeleteEmptyDirectory(path);

    public void CreateSymbolicLink(string path, string target, bool isDirectory) => files.CreateSymbolicLink(path, target, isDirectory);

    public virtual void CreateHardLink(string existing, string path) => files.CreateHardLink(existing, path);

    public void CloneFile(string existing, string path, UnixFileMode mode) => files.CloneFile(existing, path, mode);

    public void CopyFile(string existing, string path, UnixFileMode mode) => files.CopyFile(existing, path, mode);

    public IDisposable ShareLike(string directory) => files.ShareLike(directory);

    public void SetMode(string path, UnixFileMode mode) => files.SetMode(path, mode);

    public void SetModified(string path, long nanoseconds) => files.SetModified(path, nanoseconds);

    public void SyncDirectory(string path) => files.SyncDirectory(path);

    public virtual void Refresh(string directory) => files.Refresh(directory);

    public IVolume OpenVolume(string path) => files.OpenVolume(path);

    public long AvailableBytes(string path) => files.AvailableBytes(path);
}
