namespace ToolchainStore.Platform;
internal sealed class WindowsFileSystem : IFileSystem
{
    public FileStatus? Status(string path) => throw new PlatformNotSupportedException();
    public FileStatus? TargetStatus(string path) => throw new PlatformNotSupportedException();
    public IReadOnlyList<DirectoryEntry> List(string directory) => throw new PlatformNotSupportedException();
    public string? ReadLink(string path) => throw new PlatformNotSupportedException();
    public string? Canonicalize(string path) => throw new PlatformNotSupportedException();
    public bool CanWrite(string path) => throw new PlatformNotSupportedException();
    public IFile OpenRead(string path) => throw new PlatformNotSupportedException();
    public IFile? TryOpenRead(string path) => throw new PlatformNotSupportedException();
    public IFile? TryOpenReadWrite(string path) => throw new PlatformNotSupportedException();
    public IFile Create(string path, UnixFileMode mode) => throw new PlatformNotSupportedException();
    public void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => throw new PlatformNotSupportedException();
    public byte[] ReadAll(string path) => throw new PlatformNotSupportedException();
    public void CreateDirectories(string path) => throw new PlatformNotSupportedException();
    public void CreateDirectory(string path) => throw new PlatformNotSupportedException();
    public void Rename(string from, string to) => throw new PlatformNotSupportedException();
    public void DeleteFile(string path) => throw new PlatformNotSupportedException();
    public void DeleteEmptyDirectory(string path) => throw new PlatformNotSupportedException();
    public void CreateSymbolicLink(string path, string target, bool isDirectory) => throw new PlatformNotSupportedException();
    public void CreateHardLink(string existing, string path) => throw new PlatformNotSupportedException();
    public void CloneFile(string existing, string path, UnixFileMode mode) => throw new PlatformNotSupportedException();
    public void CopyFile(string existing, string path, UnixFileMode mode) => throw new PlatformNotSupportedException();
    public void SetMode(string path, UnixFileMode mode) => throw new PlatformNotSupportedException();
    public void SetModified(string path, long nanoseconds) => throw new PlatformNotSupportedException();
    public void SyncDirectory(string path) => throw new PlatformNotSupportedException();
    public IVolume OpenVolume(string path) => throw new PlatformNotSupportedException();
    public VolumeDescription Describe(string path) => throw new PlatformNotSupportedException();
    public long AvailableBytes(string path) => throw new PlatformNotSupportedException();
}
