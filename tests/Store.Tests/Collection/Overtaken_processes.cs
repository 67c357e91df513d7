using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Collecting;

/// <summary>Who is told, signalled and spared of those who run from what a name led to; by processes that are made up, and a real lease.</summary>
public sealed class Overtaken_processes : StoreTest
{
    private const int Cargo = 100_001, Rustc = 100_002, Shell = 100_003;
    private const string Anybody = "a process of another user or machine still runs from the previous toolchain";

    private readonly MadeUpProcesses processes = new();
    private readonly Machine machine;
    private TimeSpan now;

    public Overtaken_processes()
    {
        machine = new Machine
        {
            Files = Machine.Host.Files,
            Processes = processes,
            Network = Machine.Host.Network,
            Clock = new MadeUpClock(() => now),
            Sleep = pause => now += pause,
        };
        Install(Nightly);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(null, true, false)]
    [InlineData("store:nightly:1", false, true)]
    [InlineData("store:nightly:1", true, true)]
    [InlineData("store:stable:1", false, false)]
    [InlineData("store:stable:1", true, false)]
    [InlineData("store:nightly:2", false, false)]
    public void are_meant_by_the_name_they_were_started_by_or_while_no_other_leads_there(string? pin, bool isLedTo, bool isMeant) => Assert.Equal(
        isMeant, OvertakenProcesses.IsMeant(PinnedTree.TryParse(pin), new LeftTree("nightly", "1"), isLedTo));

    [Fact]
    public void are_said_in_one_line()
    {
        processes.Holders = [new FileHolder(Cargo, "cargo"), new FileHolder(Rustc, "rustc")];

        Overtake(static (store, before) => store.SayOvertaken([Nightly.Text], before));

        Assert.Contains($"info: cargo (process {Cargo}), rustc (process {Rustc}) still run from the previous toolchain and may go on", Messages.Lines);
        Assert.Empty(processes.Ended);
    }

    [Fact]
    public void that_nobody_here_can_name_are_said_as_such()
    {
        Overtake(static (store, before) => store.SayOvertaken([Nightly.Text], before));

        Assert.Contains($"info: {Anybody} and may go on", Messages.Lines);
    }

    [Fact]
    public void that_cannot_be_named_get_their_grace_and_are_said_not_to_be_stopped()
    {
        Overtake(static (store, _) => store.StopOvertaken([Nightly.Text]));

        Assert.Contains($"warn: {Anybody}, and could not be stopped", Messages.Lines);
        Assert.InRange(now, OvertakenProcesses.Grace, OvertakenProcesses.Grace * 2);
    }

    [Fact]
    public void are_looked_for_at_all_only_where_a_lease_is_held()
    {
        using (var store = Open(machine))
        {
            var before = store.FindLastMove();
            store.Uninstall(Nightly);
            store.SayOvertaken([Nightly.Text], before);
        }

        Assert.Equal(0, processes.Looks);
        Assert.DoesNotContain(Messages.Lines, line => line.Contains("previous", StringComparison.Ordinal));
    }

    [Fact]
    public void are_asked_once_and_killed_once_after_the_grace()
    {
        processes.Holders = [new FileHolder(Cargo, "cargo")];
        processes.EndsWhenKilled = true;

        Overtake(static (store, _) => store.StopOvertaken([Nightly.Text]));

        Assert.Equal([(Cargo, false), (Cargo, true)], processes.Ended);
        Assert.Contains($"info: stopping cargo (process {Cargo})", Messages.Lines);
        Assert.Contains($"warn: cargo (process {Cargo}) did not end within 5 s, and is killed", Messages.Lines);
    }

    [Fact]
    public void that_this_command_runs_in_are_neither_signalled_nor_told_by_a_notice()
    {
        processes.Holders = [new FileHolder(Shell, "sh")];
        processes.Ancestors = [Shell];

        Overtake(static (store, _) => store.StopOvertaken([Nightly.Text]));

        Assert.Empty(processes.Ended);
        Assert.Contains($"warn: sh (process {Shell}) was not stopped: this command runs in it or writes to it", Messages.Lines);
        using var journal = OpenJournal();
        Assert.Equal(0, journal.LookUp(query => query.FindLastNotice()));
    }

    [Fact]
    public void that_read_what_this_command_says_are_spared()
    {
        processes.Holders = [new FileHolder(Shell, "tee")];
        processes.Readers = [Shell];

        Overtake(static (store, _) => store.StopOvertaken([Nightly.Text]));

        Assert.Empty(processes.Ended);
        Assert.Contains($"warn: tee (process {Shell}) was not stopped: this command runs in it or writes to it", Messages.Lines);
    }

    [Fact]
    public void are_told_by_a_notice_of_their_tree_and_name_that_is_newer_than_they_are()
    {
        using var store = Open(machine);
        var tree = store.ReadBase(Nightly).TreeId!;
        store.Uninstall(Nightly);
        store.StopOvertaken([Nightly.Text]);
        using var journal = OpenJournal();

        var last = journal.LookUp(query => query.FindLastNotice());

        bool IsToldToStop(string treeId, string name, long after) => journal.LookUp(query => query.IsToldToStop(treeId, name, after));
        Assert.True(IsToldToStop(tree, Nightly.Text, last - 1));
        Assert.False(IsToldToStop(tree, Nightly.Text, last));
        Assert.False(IsToldToStop(tree, Stable.Text, last - 1));
        Assert.False(IsToldToStop(new string('0', tree.Length), Nightly.Text, last - 1));
    }

    [Fact]
    public void are_told_for_a_week()
    {
        using (var journal = OpenJournal())
        {
            journal.Write(session =>
            {
                session.Notices.InsertStop("old", Nightly.Text, DateTimeOffset.UtcNow.AddDays(-8).ToUnixTimeMilliseconds());
                session.Notices.InsertStop("young", Nightly.Text, DateTimeOffset.UtcNow.AddDays(-6).ToUnixTimeMilliseconds());
            });
        }

        CollectEverything();

        using var after = OpenJournal();
        Assert.False(after.LookUp(query => query.IsToldToStop("old", Nightly.Text, 0)));
        Assert.True(after.LookUp(query => query.IsToldToStop("young", Nightly.Text, 0)));
    }

    private LocalStore Open(Machine on) => LocalStore.OpenForWriting(Options() with { Machine = on });

    /// <summary>Uninstalls while somebody has the lease.</summary>
    private void Overtake(Action<LocalStore, long> tell)
    {
        using var store = Open(machine);
        using var lease = Lease.TryTake(Machine.Host, Layout, store.ReadBase(Nightly).TreeId!);
        var before = store.FindLastMove();
        store.Uninstall(Nightly);
        tell(store, before);
    }

    private sealed class MadeUpClock(Func<TimeSpan> read) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => read().Ticks;
    }
}
