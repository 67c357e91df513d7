using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Deferring;

public sealed class Unpacking_documentation : DeferringTest
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void asks_no_server()
    {
        Install(Stable);
        Server.ForgetRequests();

        Unpack(Stable);

        Assert.Empty(Server.Requests);
        Assert.Equal("std\n", File.ReadAllText(PageOf(Stable)));
        Assert.Empty(ListWaiting());
    }

    [Fact]
    public void is_an_operation_that_ends()
    {
        Install(Stable);
        Unpack(Stable);

        using var journal = OpenJournal();
        Assert.Contains(
            journal.Read(session => session.Operations.ListNewest(1000)), row => row is { Kind: "unpack-deferred", Outcome: "succeeded" });
    }

    [Fact]
    public async Task wanted_twice_at_once_is_done_once()
    {
        Install(Stable);
        using var isUnpacked = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var first = Task.Run(() => UnpackWith(MachineWith(HoldAt(isUnpacked, mayGoOn))));
        Assert.True(isUnpacked.Wait(patience));

        var second = Task.Run(() => UnpackWith(Machine.Host));
        await WaitFor("info: waiting for another process that unpacks rust-docs");
        mayGoOn.Set();
        await Task.WhenAll(first, second).WaitAsync(patience);

        Assert.Single(Messages.Lines, line => line == "info: unpacking rust-docs");
        Assert.Single(ListUnpacked());
    }

    [Fact]
    public async Task that_another_process_is_stuck_with_is_done_beside_it_and_left_as_it_is_by_that_process()
    {
        Install(Stable);
        using var isUnpacked = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var stuck = Task.Run(() => UnpackWith(MachineWith(HoldAt(isUnpacked, mayGoOn))));
        Assert.True(isUnpacked.Wait(patience));

        UnpackWith(MachineWith(clock: new WaitingClock()));

        Assert.Contains("info: another process is stuck unpacking rust-docs; unpacking it separately", Messages.Lines);
        var published = IdentityOf(Assert.Single(ListUnpacked()));
        mayGoOn.Set();
        await stuck.WaitAsync(patience);
        Assert.Equal(published, IdentityOf(Assert.Single(ListUnpacked())));
    }

    [Fact]
    public async Task that_an_installation_overtakes_is_left_as_it_is()
    {
        Install(Stable);
        using var isUnpacked = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var overtaken = Task.Run(() => UnpackWith(MachineWith(HoldAt(isUnpacked, mayGoOn))));
        Assert.True(isUnpacked.Wait(patience));

        SetMode("eager");
        Install(Official("1.91.0"));

        var published = IdentityOf(Assert.Single(ListUnpacked()));
        mayGoOn.Set();
        await overtaken.WaitAsync(patience);
        Assert.Equal(published, IdentityOf(Assert.Single(ListUnpacked())));
    }

    [Fact]
    public async Task of_a_toolchain_that_is_uninstalled_meanwhile_leaves_nothing_after_a_collection()
    {
        Install(Stable);
        using var isUnpacked = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var late = Task.Run(() => UnpackWith(MachineWith(HoldAt(isUnpacked, mayGoOn))));
        Assert.True(isUnpacked.Wait(patience));

        using (var store = Open())
        {
            store.Uninstall(Stable);
        }
        CollectEverything();
        mayGoOn.Set();
        await late.WaitAsync(patience);
        CollectEverything();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Components));
        Assert.Empty(Archives);
    }

    [Fact]
    public void from_an_archive_that_was_damaged_downloads_it_again()
    {
        Install(Stable);
        var archive = Assert.Single(Archives);
        var bytes = File.ReadAllBytes(archive);
        bytes[^20] ^= 1;
        File.WriteAllBytes(archive, bytes);
        Assert.Contains("are not those that were downloaded", FindProblem(readsContents: true), StringComparison.Ordinal);

        Unpack(Stable);

        Assert.Contains(
            "warn: the archive of rust-docs was damaged after its download; downloading it again", Messages.Lines);
        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void by_an_installation_from_an_archive_that_was_damaged_downloads_it_again()
    {
        Install(Stable);
        File.WriteAllBytes(Assert.Single(Archives), [1, 2, 3]);
        SetMode("eager");

        Install(Official("1.91.0"));

        Assert.True(File.Exists(PageOf(Stable)));
        Assert.Empty(Archives);
    }

    [Fact]
    public void from_an_archive_that_was_cut_off_downloads_it_again()
    {
        Install(Stable);
        File.WriteAllBytes(Assert.Single(Archives), [1, 2, 3]);
        Assert.Contains("has 3 bytes instead of", FindProblem(readsContents: false), StringComparison.Ordinal);

        Unpack(Stable);

        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void from_an_archive_that_somebody_deleted_downloads_it_again()
    {
        Install(Stable);
        File.Delete(Assert.Single(Archives));
        Assert.EndsWith("is missing", FindProblem(readsContents: false), StringComparison.Ordinal);

        Unpack(Stable);

        Assert.True(File.Exists(PageOf(Stable)));
        Assert.Empty(Archives);
    }

    [Fact]
    public void without_its_archive_and_without_a_server_fails_and_leaves_it_waiting()
    {
        Install(Stable);
        var archive = Assert.Single(Archives);
        File.Move(archive, archive + ".aside");
        Server.Fault = new ServerFault { Status = 404 };

        Assert.Throws<StoreException>(() => Unpack(Stable));

        Assert.Single(ListWaiting());
        File.Delete(Layout.PartialArchive(Digest.Parse(Path.GetFileName(archive))));
        File.Move(archive + ".aside", archive);
    }

    private string FindProblem(bool readsContents)
    {
        using var store = Open();
        var finding = Assert.Single(store.Verify(readsContents));
        Assert.EndsWith(", not unpacked yet", finding.Subject, StringComparison.Ordinal);
        return finding.Problem;
    }

    private FileIdentity IdentityOf(string componentId) =>
        Machine.Host.Files.Status(Layout.Component(componentId))!.Identity;

    private void UnpackWith(Machine machine)
    {
        using var store = LocalStore.OpenForWriting(Options() with { Machine = machine });
        store.Unpack(store.ListWaiting());
    }

    /// <summary>Stops whoever has just unpacked.</summary>
    private static Action<string> HoldAt(ManualResetEventSlim isUnpacked, ManualResetEventSlim mayGoOn) => name =>
    {
        if (name == CrashPoint.DeferredUnpacked)
        {
            isUnpacked.Set();
            Assert.True(mayGoOn.Wait(patience));
        }
    };

    private async Task WaitFor(string line)
    {
        using var limit = new CancellationTokenSource(patience);
        while (!Messages.Lines.Contains(line))
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
