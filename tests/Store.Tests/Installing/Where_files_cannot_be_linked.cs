using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>File systems without hard links, at their limit of links, or of two layers: a tree has the same files all the same.</summary>
public sealed class Where_files_cannot_be_linked : StoreTest
{
    [Theory]
    [InlineData(FileSystemError.AccessDenied), InlineData(FileSystemError.NotSupported)]
    [InlineData(FileSystemError.CrossesDevices), InlineData(FileSystemError.TooManyLinks)]
    public void they_are_copied_and_a_toolchain_is_whole(FileSystemError error)
    {
        var files = new WithoutLinks(error, refusedMax: int.MaxValue);
        InstallOn(files);

        var tree = TreeOf(Stable);
        Assert.Equal(1, Machine.Host.Files.Status(Path.Combine(tree, "bin", "cargo"))!.Links);
        Assert.True(File.GetUnixFileMode(Path.Combine(tree, "bin", "cargo")).HasFlag(UnixFileMode.UserExecute));
        // What a file system cannot do once is not tried again; the limit of links is one file's alone.
        Assert.Equal(error == FileSystemError.TooManyLinks, files.AskedCount > 1);
    }

    [Fact]
    public void one_that_has_as_many_links_as_there_may_be_is_copied_and_the_others_are_linked()
    {
        InstallOn(new WithoutLinks(FileSystemError.TooManyLinks, refusedMax: 1));

        var links = Directory.EnumerateFiles(Path.Combine(TreeOf(Stable), "bin"))
            .Where(path => Path.GetFileName(path) != "rustc")
            .Select(path => Machine.Host.Files.Status(path)!.Links).ToList();
        Assert.Contains(2, links);
        using var store = Open();
        Assert.Empty(store.Verify(readsContents: true));
    }

    private void InstallOn(WithoutLinks files)
    {
        using var store = LocalStore.OpenForWriting(Options() with
        {
            Machine = new Machine { Files = files, Processes = Machine.Host.Processes, Network = Machine.Host.Network },
        });
        store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
        Assert.True(files.AskedCount > 0, "links were asked for");
    }

    private sealed class WithoutLinks(FileSystemError error, int refusedMax) : DelegatingFileSystem(Machine.Host.Files)
    {
        private int askedCount;

        public int AskedCount => askedCount;

        public override void CreateHardLink(string existing, string path)
        {
            if (Interlocked.Increment(ref askedCount) <= refusedMax)
            {
                throw new FileSystemException(error, "link", path, "the file system refuses");
            }
            base.CreateHardLink(existing, path);
        }
    }
}
