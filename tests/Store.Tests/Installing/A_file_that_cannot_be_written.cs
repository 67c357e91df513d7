using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>Small files are written on another thread than the one that decompresses; what fails there ends the command.</summary>
public sealed class A_file_that_cannot_be_written : StoreTest
{
    [Fact]
    public void ends_the_installation_with_its_error_and_leaves_nothing()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = MachineWith(new FullDisk()) }))
        {
            var failed = Assert.Throws<FileSystemException>(
                () => store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default }));
            Assert.Equal(FileSystemError.NoSpace, failed.Error);
        }

        Assert.Equal(InstallOutcome.Installed, Install(Stable));
    }

    private static Machine MachineWith(IFileSystem files) => new()
    {
        Files = files,
        Processes = Machine.Host.Processes,
        Network = Machine.Host.Network,
    };

    /// <summary>Has no room for documentation.</summary>
    private sealed class FullDisk() : DelegatingFileSystem(Machine.Host.Files)
    {
        public override void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
        {
            if (path.Contains("/share/doc/", StringComparison.Ordinal))
            {
                throw new FileSystemException(FileSystemError.NoSpace, "create", path, "the disk is full");
            }
            base.WriteNew(path, content, mode);
        }
    }
}
