namespace ToolchainStore.Platform.Tests;

/// <summary>A real directory of its own for each test, on the file system of the machine.</summary>
public abstract class FileSystemTest : IDisposable
{
    protected FileSystemTest()
    {
        Root = Path.Combine(Path.GetTempPath(), "platform-tests-" + Machine.Host.NewId());
        Files.CreateDirectory(Root);
    }

    protected static IFileSystem Files => Machine.Host.Files;

    protected static IProcesses Processes => Machine.Host.Processes;

    protected string Root { get; }

    public void Dispose()
    {
        Files.DeleteTree(Root);
        Assert.Null(Files.Status(Root));
    }

    protected string At(string name) => Path.Combine(Root, name);

    protected string FileWith(string text, string name = "file")
    {
        Files.WriteNew(At(name), System.Text.Encoding.UTF8.GetBytes(text), FileSystemExtensions.OrdinaryFile);
        return At(name);
    }

    protected string DirectoryAt(string name)
    {
        Files.CreateDirectory(At(name));
        return At(name);
    }

    protected static FileSystemException Refused(FileSystemError error, Action action)
    {
        var refused = Assert.Throws<FileSystemException>(action);
        Assert.Equal(error, refused.Error);
        return refused;
    }
}
