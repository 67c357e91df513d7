using ToolchainStore.Collection;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Collecting;

/// <summary>Whom the status names as holding a lease; nothing is decided from it.</summary>
public sealed class Leases : StoreTest
{
    private readonly MadeUpProcesses processes = new();

    [Fact]
    public void are_listed_with_the_processes_that_hold_them()
    {
        processes.Holders = [new FileHolder(100_001, "cargo"), new FileHolder(100_002, "rustc")];

        var lease = ListHeld();

        Assert.Equal([Nightly.Text], lease.Names);
        Assert.Equal("cargo (process 100001), rustc (process 100002)", lease.Description);
    }

    [Fact]
    public void that_nobody_here_is_seen_to_hold_are_of_another_user_or_machine()
    {
        var lease = ListHeld();

        Assert.Empty(lease.Processes);
        Assert.Equal("a process of another user or machine", lease.Description);
    }

    [Fact]
    public void of_this_command_say_so()
    {
        processes.Holders = [new FileHolder(processes.CurrentId, "rustup")];

        Assert.Equal("this command itself (process 1)", ListHeld().Description);
    }

    [Fact]
    public void are_not_listed_once_nobody_holds_them()
    {
        Install(Nightly);
        using var store = Open();

        Assert.Empty(store.ReadStatus().Leases);
    }

    [Fact]
    public void keep_their_trees_whoever_holds_them()
    {
        Install(Nightly);
        var tree = TreeOf(Nightly);
        using (Lease.TryTake(Machine.Host, Layout, Path.GetFileName(tree)))
        {
            using var store = OpenOn(processes);
            store.Uninstall(Nightly);
            store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });
            Assert.True(Directory.Exists(tree));
        }
        CollectEverything();
        Assert.False(Directory.Exists(tree));
    }

    private LeaseUsage ListHeld()
    {
        Install(Nightly);
        using var lease = Lease.TryTake(Machine.Host, Layout, Path.GetFileName(TreeOf(Nightly)));
        using var store = OpenOn(processes);
        return Assert.Single(store.ReadStatus().Leases);
    }

    private LocalStore OpenOn(IProcesses seen) => LocalStore.OpenForWriting(Options() with
    {
        Machine = new Machine { Files = Machine.Host.Files, Processes = seen, Network = Machine.Host.Network },
    });
}
