using System.Diagnostics;
using SQLitePCL;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Journals;

/// <summary>What a home on a network mount has instead of a write-ahead log.</summary>
public sealed class A_rollback_journal : StoreTest
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    private readonly StoppedCommit commit = new();
    private readonly Machine machine;
    private readonly List<string> notices = [];

    public A_rollback_journal()
    {
        machine = NetworkMount.Machine(commit);
        using var journal = JournalDatabase.OpenForWriting(machine, Layout, JournalPatience.Default);
        Assert.False(File.Exists(Layout.Journal + "-wal"));
        journal.Write(session => session.Settings.Set("key", "before"));
    }

    [Fact]
    public Task is_looked_up_after_one_commit_at_most_with_a_notice_after_a_second() => ReadDuringCommit(() =>
    {
        using var query = SelectionQuery.TryOpen(machine, Layout, Patience());
        return query!.FindSetting("key");
    });

    [Fact]
    public Task is_read_by_commands_after_one_commit_at_most_with_a_notice_after_a_second() => ReadDuringCommit(() =>
    {
        using var journal = JournalDatabase.TryOpenForReading(machine, Layout, Patience());
        return journal!.Read(session => session.Settings.Find("key"));
    });

    [Fact]
    public async Task is_read_at_once_while_a_writer_has_not_come_to_its_commit()
    {
        using var writer = JournalDatabase.OpenForWriting(machine, Layout, JournalPatience.Default);

        await writer.Write(session =>
        {
            session.Settings.Set("key", "after");
            using var query = SelectionQuery.TryOpen(machine, Layout, Patience());
            Assert.Equal("before", query!.FindSetting("key"));
            return Task.CompletedTask;
        });

        Assert.Empty(notices);
    }

    private async Task ReadDuringCommit(Func<string?> read)
    {
        // An older reader keeps the commit from ending; a newer one may not start until it has.
        var older = SelectionQuery.TryOpen(machine, Layout, Patience())!;
        commit.IsArmed = true;
        var writing = Task.Run(() =>
        {
            using var writer = JournalDatabase.OpenForWriting(machine, Layout, JournalPatience.Default);
            writer.Write(session => session.Settings.Set("key", "after"));
        });
        Assert.True(commit.Begun.Wait(patience), "the writer came to its commit");

        var started = Stopwatch.GetTimestamp();
        var reading = Task.Run(read);
        Assert.True(SpinWait.SpinUntil(() => notices.Count > 0 || reading.IsCompleted, patience), "the wait is said");
        Assert.False(reading.IsCompleted, $"it did not wait: {reading.Exception}");
        var saidAfter = Stopwatch.GetElapsedTime(started);
        Assert.Equal("before", older.FindSetting("key"));
        older.Dispose();
        commit.GoOn.Set();

        Assert.Equal("after", await reading.WaitAsync(patience));
        await writing.WaitAsync(patience);
        Assert.InRange(saidAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.StartsWith("waiting to read the journal: ", Assert.Single(notices), StringComparison.Ordinal);
    }

    private JournalPatience Patience() => JournalPatience.Default with { Notice = notices.Add };

    /// <summary>Stops a writer when its commit has begun: it has announced itself, and waits for older readers.</summary>
    private sealed class StoppedCommit : IJournalAccess
    {
        internal bool IsArmed { get; set; }

        internal ManualResetEventSlim Begun { get; } = new();

        internal ManualResetEventSlim GoOn { get; } = new();

        public string DataSource(string path) => path;

        public bool IsFile => true;

        public int Take(JournalStep step, Func<int> run)
        {
            var result = run();
            if (IsArmed && step == JournalStep.Commit && (result & 0xff) == raw.SQLITE_BUSY && !Begun.IsSet)
            {
                Begun.Set();
                GoOn.Wait(patience);
            }
            return result;
        }
    }
}
