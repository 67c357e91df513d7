using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Enumeration;
using ToolchainStore.Tests.Simulation.Machines;

namespace ToolchainStore.Tests.Simulation;

public sealed class The_simulated_disk : IDisposable
{
    private readonly World world;
    private readonly IFileSystem files;

    public The_simulated_disk()
    {
        world = new World(new Disk(), journalToCopy: null, ReleaseServers.Tiny(), seed: 1);
        files = new SimulatedProcess(world, 1, new SoloDirector(plan: null)).Machine.Files;
        files.CreateDirectory("/a");
        files.OpenVolume("/").Sync();
    }

    [Fact]
    public void loses_a_name_whose_directory_was_not_synced()
    {
        using (var file = files.Create("/a/x", UnixFileMode.UserRead))
        {
            file.Write("bytes"u8, 0);
            file.Sync();
        }

        world.LosePower(PowerLoss.NothingUnsynced, seed: 1);

        Assert.False(files.Exists("/a/x"));
    }

    [Fact]
    public void may_keep_a_name_and_lose_what_it_names()
    {
        files.WriteNew("/a/x", "bytes"u8, UnixFileMode.UserRead);
        files.SyncDirectory("/a");

        world.LosePower(PowerLoss.NamesWithoutContent, seed: 1);

        Assert.Empty(files.ReadAll("/a/x"));
    }

    [Fact]
    public void keeps_what_the_volume_was_synced_after()
    {
        files.WriteNew("/a/x", "bytes"u8, UnixFileMode.UserRead);
        files.OpenVolume("/").Sync();
        files.Rename("/a/x", "/a/y");

        world.LosePower(PowerLoss.NothingUnsynced, seed: 1);

        Assert.Equal("bytes"u8.ToArray(), files.ReadAll("/a/x"));
        Assert.False(files.Exists("/a/y"));
    }

    [Fact]
    public void refuses_to_replace_a_directory_that_is_not_empty()
    {
        files.CreateDirectory("/b");
        files.WriteNew("/a/x", "bytes"u8, UnixFileMode.UserRead);

        Assert.Equal(FileSystemError.NotEmpty, Assert.Throws<FileSystemException>(() => files.Rename("/b", "/a")).Error);
    }

    [Fact]
    public void lets_go_of_the_locks_of_a_process_that_was_killed()
    {
        files.WriteNew("/a/x", "A"u8, FileSystemExtensions.OrdinaryFile);
        var other = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        Assert.True(other.Machine.Files.TryOpenReadWrite("/a/x")!.TryLock(LockKind.Exclusive));
        using var mine = files.TryOpenRead("/a/x")!;
        Assert.False(mine.TryLock(LockKind.Shared));

        other.Kill();

        Assert.True(mine.TryLock(LockKind.Shared));
    }

    public void Dispose() => world.Dispose();
}
