using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Journals;

/// <summary>What users are told of a store that is on one, and when its locks do not come.</summary>
public sealed class A_network_mount : StoreTest
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    private readonly List<string> said = [];

    [Fact]
    public void is_said_once_before_the_first_lock_and_not_on_a_local_disk()
    {
        var log = new LockLog(said);
        var machine = NetworkMount.Machine(log);
        var told = Patience(setting: null);

        JournalDatabase.OpenForWriting(machine, Layout, told).Dispose();
        JournalDatabase.TryOpenForReading(machine, Layout, told)!.Dispose();
        SelectionQuery.TryOpen(machine, Layout, told)!.Dispose();

        Assert.StartsWith($"the store in '{Layout.Root}' is on a network file system (nfs4, 'server:/export')", said[0], StringComparison.Ordinal);
        Assert.Contains("lock", said);
        Assert.Single(said, line => line != "lock");

        said.Clear();
        SelectionQuery.TryOpen(Machine.Host, Layout, Patience(setting: null))!.Dispose();
        Assert.Empty(said);
    }

    [Fact]
    public void has_a_journal_whose_commits_are_on_the_servers_disk_with_their_names()
    {
        using var journal = JournalDatabase.OpenForWriting(NetworkMount.Machine(), Layout, JournalPatience.Default);

        const int Extra = 3;
        Assert.Equal("truncate", Ask(journal, "PRAGMA journal_mode"));
        Assert.Equal($"{Extra}", Ask(journal, "PRAGMA synchronous"));
    }

    private static string? Ask(JournalDatabase journal, string pragma) => journal.Read(session =>
    {
        using var command = session.Connection.CreateCommand();
        command.CommandText = pragma;
        return command.ExecuteScalar()?.ToString();
    });

    [Fact]
    public void that_nobody_answers_for_is_named_with_its_lock_service()
    {
        OpenJournal().Dispose();
        var mount = JournalMount.Examine(NetworkMount.Machine(), Layout, Patience(setting: null));

        var given = mount.Unanswered(Layout.Journal, TimeSpan.FromMinutes(3));

        Assert.Contains($"'{Layout.Journal}'", given.Message, StringComparison.Ordinal);
        Assert.Contains("it is mounted on '/shared' from 'server:/export' (nfs4: rw,vers=4.2,hard)", given.Message, StringComparison.Ordinal);
        Assert.Contains("see whether 'server' answers", given.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("said")]
    public void is_not_said_where_that_is_turned_off_or_an_ancestor_said_it(string setting)
    {
        JournalDatabase.OpenForWriting(NetworkMount.Machine(), Layout, Patience(setting)).Dispose();

        Assert.Empty(said);
    }

    [Theory]
    [InlineData(null, "was on")]
    [InlineData("0", "was off")]
    public void is_named_with_server_options_and_lock_service_when_a_lock_does_not_come(string? setting, string state)
    {
        var machine = NetworkMount.Machine();
        using var holder = JournalDatabase.OpenForWriting(machine, Layout, JournalPatience.Default);
        holder.Write(_ =>
        {
            var refused = Assert.Throws<StoreException>(() => SetFromAnotherConnection(machine, setting));

            Assert.Equal(StoreErrorKind.Busy, refused.Kind);
            Assert.Contains("\nnote: it is mounted on '/shared' from 'server:/export' (nfs4: rw,vers=4.2,hard)\n", refused.Message, StringComparison.Ordinal);
            Assert.Contains("see whether 'server' answers", refused.Message, StringComparison.Ordinal);
            Assert.EndsWith($"the notice about network file systems {state} (RUSTUP_STORE_NETWORK_NOTICE)", refused.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void whose_server_does_not_answer_ends_the_program_with_an_error_and_does_not_hang()
    {
        using var watched = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        (string Path, TimeSpan Waited) given = default;
        var locks = new LockWatch();
        locks.Start(
            TimeSpan.FromMilliseconds(50), path => said.Add(path), TimeSpan.FromMilliseconds(400),
            (path, waited) =>
            {
                given = (path, waited);
                ended.Set();
            });
        var asking = Task.Run(() => locks.Ask("/shared/file", () => watched.Wait(patience)));

        Assert.True(ended.Wait(patience));

        Assert.Equal("/shared/file", given.Path);
        Assert.True(given.Waited >= TimeSpan.FromMilliseconds(400));
        Assert.Equal(["/shared/file"], said);
        Assert.False(asking.IsCompleted);
        watched.Set();
    }

    [Fact]
    public void whose_server_answers_late_is_survived()
    {
        var locks = new LockWatch();
        locks.Start(TimeSpan.FromMilliseconds(10), said.Add, patience, (_, _) => said.Add("given up"));

        Assert.True(locks.Ask("/shared/file", () => SpinWait.SpinUntil(() => said.Count > 0, patience)));

        Assert.Equal(["/shared/file"], said);
    }

    [Fact]
    public async Task is_watched_by_whoever_takes_the_locks_of_a_store_there()
    {
        var journal = new SilentServer();
        var machine = NetworkMount.Machine(journal);
        var failures = new List<StoreException>();
        var told = Patience(setting: null) with { Abandon = failures.Add };
        JournalDatabase.OpenForWriting(machine, Layout, told).Dispose();
        journal.IsSilent = true;

        var opening = Task.Run(() => JournalDatabase.OpenForWriting(machine, Layout, told).Dispose());

        Assert.True(SpinWait.SpinUntil(() => said.Exists(line => line.StartsWith("waiting for the server's answer", StringComparison.Ordinal)), patience));
        journal.IsSilent = false;
        await opening.WaitAsync(patience);
        Assert.Empty(failures);
    }

    [Fact]
    public void is_asked_again_for_a_name_that_it_was_said_not_to_have()
    {
        Install(Stable);
        var tree = TreeOf(Stable);
        var files = new ForgetfulMount(Machine.Host.Files) { Absent = Path.Combine(tree, StoreLayout.LeaseFileName) };
        using var store = LocalStore.OpenForReading(Options() with { Machine = MachineWith(files) });

        using var held = store.Hold(store.Catalog.Find(Stable)!.Location);

        Assert.NotNull(held);
        Assert.Contains(Layout.Trees, files.Refreshed);
    }

    [Fact]
    public void that_hides_a_lease_for_a_while_does_not_make_a_collection_take_its_tree()
    {
        Install(Stable);
        var tree = TreeOf(Stable);
        using var lease = Lease.TryTake(Machine.Host, Layout, Path.GetFileName(tree));
        using (var store = Open())
        {
            store.Uninstall(Stable);
        }
        var files = new ForgetfulMount(Machine.Host.Files) { Absent = Path.Combine(tree, StoreLayout.LeaseFileName) };
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = MachineWith(files) }))
        {
            store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });
        }

        Assert.True(Directory.Exists(tree));
    }

    [Fact]
    public void on_which_another_machine_empties_the_trash_too_is_no_error()
    {
        Install(Stable);
        var tree = TreeOf(Stable);
        using (var store = Open())
        {
            store.Uninstall(Stable);
        }
        var files = new ContestedMount(Machine.Host.Files);
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = MachineWith(files) }))
        {
            store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });
        }

        Assert.True(files.WasStale);
        Assert.False(Directory.Exists(tree));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Trash));
    }

    private static Machine MachineWith(IFileSystem files) => new()
    {
        Files = files,
        Processes = new NobodyThere(Machine.Host.Processes),
        Network = Machine.Host.Network,
    };

    private void SetFromAnotherConnection(Machine machine, string? setting)
    {
        using var second = JournalDatabase.OpenForWriting(machine, Layout, Patience(setting) with { Deadline = TimeSpan.FromMilliseconds(50) });
        second.Write(session => session.Settings.Set("key", "value"));
    }

    private JournalPatience Patience(string? setting) =>
        JournalPatience.Default with { Notice = said.Add, NetworkNotice = new NetworkNotice(setting) };

    /// <summary>Notes when the journal's locks are taken.</summary>
    private sealed class LockLog(List<string> log) : IJournalAccess
    {
        public string DataSource(string path) => path;

        public bool IsFile => true;

        public int Take(JournalStep step, Func<int> run)
        {
            log.Add("lock");
            return run();
        }
    }

    /// <summary>A server that does not answer for a while.</summary>
    private sealed class SilentServer : IJournalAccess
    {
        private volatile bool isSilent;

        internal bool IsSilent
        {
            get => isSilent;
            set => isSilent = value;
        }

        public string DataSource(string path) => path;

        public bool IsFile => true;

        public int Take(JournalStep step, Func<int> run)
        {
            SpinWait.SpinUntil(() => !isSilent, patience);
            return run();
        }
    }

    /// <summary>Says of a file that it is not there, until it is asked anew for the names in the directory above.</summary>
    private sealed class ForgetfulMount(IFileSystem files) : DelegatingFileSystem(files)
    {
        internal string? Absent { get; set; }

        internal List<string> Refreshed { get; } = [];

        public override void Refresh(string directory)
        {
            Refreshed.Add(directory);
            if (Absent?.StartsWith(directory, StringComparison.Ordinal) == true)
            {
                Absent = null;
            }
        }

        public override IFile? TryOpenRead(string path) => path == Absent ? null : base.TryOpenRead(path);

        public override IFile? TryOpenReadWrite(string path) => path == Absent ? null : base.TryOpenReadWrite(path);
    }

    /// <summary>Somebody else deletes a directory in the trash at the very moment when its entries are asked for.</summary>
    private sealed class ContestedMount(IFileSystem files) : DelegatingFileSystem(files)
    {
        internal bool WasStale { get; private set; }

        public override IReadOnlyList<DirectoryEntry> List(string directory)
        {
            if (!WasStale && directory.EndsWith("/lib", StringComparison.Ordinal) && directory.Contains("/trash/", StringComparison.Ordinal))
            {
                WasStale = true;
                Directory.Delete(directory, recursive: true);
                throw new FileSystemException(FileSystemError.Stale, "list", directory, "Stale file handle");
            }
            return base.List(directory);
        }
    }

    /// <summary>A look at this machine's processes does not see those of others.</summary>
    private sealed class NobodyThere(IProcesses processes) : IProcesses
    {
        public int CurrentId => processes.CurrentId;

        public string HostName => processes.HostName;

        public ProcessResult Capture(
            string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, TimeSpan timeout) =>
            processes.Capture(program, arguments, environment, timeout);

        public void StartDetached(string program, IReadOnlyList<string> arguments) => processes.StartDetached(program, arguments);

        public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) => [];

        public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) => [];

        public IReadOnlySet<int> FindAncestors() => new HashSet<int>();

        public IReadOnlySet<int> FindReaders() => new HashSet<int>();

        public EndingOutcome End(int processId, bool isForced) => throw new InvalidOperationException("nobody is there to be ended");
    }
}
