using ToolchainStore.Diagnosis;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Diagnosing;

public sealed class A_doctor : StoreTest
{
    private readonly List<string> said = [];

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void finds_nothing_wrong_where_a_second_process_sees_what_it_should()
    {
        var diagnosis = Examine(new FakeMachine { HeldAnswer = "held\nheld\nnew\nappeared", FreeAnswer = "free\nfree\nnew\nappeared" });

        Assert.All(diagnosis.Checks, check => Assert.Equal(CheckState.Ok, check.State));
        Assert.False(diagnosis.HasFailed);
        Assert.False(Directory.Exists(Layout.Meeting));
    }

    [Theory]
    [InlineData("byte-range locks", "free\nheld\nnew\nappeared", "free\nfree\nnew\nappeared")]
    [InlineData("byte-range locks", "held\nheld\nnew\nappeared", "held\nfree\nnew\nappeared")]
    [InlineData("whole-file locks", "held\nfree\nnew\nappeared", "free\nfree\nnew\nappeared")]
    [InlineData("rename", "held\nheld\nold\nappeared", "free\nfree\nnew\nappeared")]
    [InlineData("visibility", "held\nheld\nnew\ncould not open", "free\nfree\nnew\nappeared")]
    public void says_what_a_second_process_does_not_see(string check, string whileHeld, string afterwards)
    {
        var diagnosis = Examine(new FakeMachine { HeldAnswer = whileHeld, FreeAnswer = afterwards });

        Assert.Equal(check, Assert.Single(diagnosis.Checks, found => found.State == CheckState.Failed).Name);
        Assert.True(diagnosis.HasFailed);
    }

    [Fact]
    public void sees_in_a_process_what_another_holds()
    {
        var folder = Folder("probe");
        using (Journal.ProbeDatabase.BeginWriting(Path.Combine(folder, "database")))
        using (Collection.LockFile.Create(Machine.Host, Path.Combine(folder, "lock")))
        {
            Assert.StartsWith("held\nheld\n", Doctor.Look(Machine.Host, folder), StringComparison.Ordinal);
        }

        Assert.StartsWith("free\nfree\n", Doctor.Look(Machine.Host, folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nolock")]
    [InlineData("nobrl")]
    [InlineData("local_lock=all")]
    [InlineData("local_lock=flock")]
    public void warns_of_mount_options_that_keep_locks_on_one_machine(string option)
    {
        var diagnosis = Examine(new FakeMachine { Mount = new MountDescription("/shared", "nfs", "server:/export", ["rw", option]) });

        var warning = Assert.Single(diagnosis.Checks, check => check.State == CheckState.Warning);
        Assert.Contains($"'{option}'", warning.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-90, "ahead of")]
    [InlineData(90, "behind")]
    public void warns_of_another_clock_on_the_server(int seconds, string how)
    {
        var diagnosis = Examine(new FakeMachine { ClockOffset = TimeSpan.FromSeconds(seconds) });

        var warning = Assert.Single(diagnosis.Checks, check => check.State == CheckState.Warning);
        Assert.Contains($"90 s {how} this machine's", warning.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void says_that_a_write_ahead_log_on_a_network_loses_commits()
    {
        Open().Dispose();

        var diagnosis = Examine(new FakeMachine { IsNetwork = true });

        Assert.Contains("store convert --journal=rollback", diagnosis.Checks.Single(check => check.State == CheckState.Failed).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task meets_one_of_another_machine_and_sees_its_lock()
    {
        var checks = await Meet(new FakeMachine { Name = "a", Network = "net:1" }, new FakeMachine { Name = "b", Network = "net:2" });

        Assert.All(checks, check => Assert.Equal(CheckState.Ok, check.State));
        Assert.Equal(["a lock that 'b' holds is seen here", "a lock that 'a' holds is seen here"], checks.Select(check => check.Detail));
        Assert.Empty(Directory.Exists(Layout.Meeting) ? Directory.EnumerateFileSystemEntries(Layout.Meeting) : []);
    }

    [Fact]
    public async Task says_that_two_machines_are_one_to_the_server()
    {
        var checks = await Meet(new FakeMachine { Name = "clone", Network = "net:1" }, new FakeMachine { Name = "clone", Network = "net:2" });

        Assert.All(checks, check => Assert.Equal(CheckState.Failed, check.State));
        Assert.All(checks, check => Assert.Contains("nfs4_unique_id", check.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task says_that_the_lock_of_another_machine_is_not_seen()
    {
        var checks = await Meet(
            new FakeMachine { Name = "a", Network = "net:1", LosesLocks = true }, new FakeMachine { Name = "b", Network = "net:2", LosesLocks = true });

        Assert.All(checks, check => Assert.Equal(CheckState.Failed, check.State));
        Assert.Contains("a lock that 'b' holds is not seen here", checks[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task does_not_take_one_of_its_own_machine_for_another()
    {
        var checks = await Meet(new FakeMachine { Name = "a", Network = "net:1" }, new FakeMachine { Name = "a", Network = "net:1" }, seconds: 1);

        Assert.All(checks, check => Assert.Equal(CheckState.Skipped, check.State));
    }

    [Fact]
    public void says_first_that_the_home_is_on_a_network_and_not_that_it_is_not()
    {
        Examine(new FakeMachine { IsNetwork = true, Mount = new MountDescription("/shared", "nfs4", "server:/export", ["rw"]) });
        Assert.Contains("is on a network file system (nfs4, 'server:/export')", Assert.Single(said), StringComparison.Ordinal);

        said.Clear();
        Examine(new FakeMachine());
        Assert.Empty(said);
    }

    [Fact]
    public void tries_nothing_and_makes_nothing_in_a_home_of_somebody_else()
    {
        Directory.CreateDirectory(Layout.Root);

        var checks = Examine(new FakeMachine { IsForeign = true }, TimeSpan.FromSeconds(30)).Checks;

        Assert.Equal(5, checks.Count(check => check.State == CheckState.Skipped && check.Detail.StartsWith("you may not write here", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Root));
    }

    [Fact]
    public void says_that_nobody_came()
    {
        var check = Examine(new FakeMachine(), TimeSpan.FromMilliseconds(300)).Checks[^1];

        Assert.Equal(("other machine", CheckState.Skipped), (check.Name, check.State));
    }

    private async Task<IReadOnlyList<Check>> Meet(FakeMachine first, FakeMachine second, int seconds = 30)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        var one = Task.Run(() => Examine(first, limit).Checks[^1]);
        var other = Task.Run(() => Examine(second, limit).Checks[^1]);
        return [await one.WaitAsync(patience + limit), await other.WaitAsync(patience + limit)];
    }

    private Diagnosis.Diagnosis Examine(FakeMachine fake, TimeSpan? meeting = null) =>
        new Doctor(fake.Create(), Layout, "rustup", JournalPatience.Default with { Notice = said.Add, NetworkNotice = new NetworkNotice(null) })
            .Examine(meeting);

    private sealed class FakeMachine
    {
        internal string HeldAnswer { get; init; } = "held\nheld\nnew\nappeared";

        internal string FreeAnswer { get; init; } = "free\nfree\nnew\nappeared";

        internal MountDescription Mount { get; init; } = new("/", "ext4", "/dev/sda", ["rw"]);

        internal bool IsNetwork { get; init; }

        internal TimeSpan ClockOffset { get; init; }

        internal string Name { get; init; } = "here";

        internal string Network { get; init; } = "net:0";

        internal bool LosesLocks { get; init; }

        internal bool IsForeign { get; init; }

        internal Machine Create() => new()
        {
            Files = new FakeFiles(this),
            Processes = new FakeProcesses(this),
            Clock = new FakeClock(ClockOffset),
        };
    }

    private sealed class FakeFiles(FakeMachine fake) : DelegatingFileSystem(Machine.Host.Files)
    {
        public override VolumeDescription Describe(string path) =>
            new(fake.IsNetwork ? VolumeKind.Network : VolumeKind.Local, fake.Mount.TypeName, IsReadOnly: false);

        public override MountDescription? FindMount(string path) => fake.Mount;

        public override bool CanWrite(string path) => !fake.IsForeign && base.CanWrite(path);

        public override string? ReadLink(string path) => path.StartsWith("/proc/", StringComparison.Ordinal) ? fake.Network : base.ReadLink(path);

        public override IFile? TryOpenReadWrite(string path) =>
            base.TryOpenReadWrite(path) is { } file ? fake.LosesLocks ? new UnlockableFile(file) : file : null;
    }

    private sealed class FakeProcesses(FakeMachine fake) : IProcesses
    {
        private int asked;

        public int CurrentId => Environment.ProcessId;

        public string HostName => fake.Name;

        public ProcessResult Capture(
            string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, TimeSpan timeout) =>
            new(0, (asked++ == 0 ? fake.HeldAnswer : fake.FreeAnswer) + "\n", TimedOut: false);

        public void StartDetached(string program, IReadOnlyList<string> arguments)
        {
        }

        public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) => [];

        public IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null) => [];

        public IReadOnlySet<int> FindAncestors() => new HashSet<int>();

        public IReadOnlySet<int> FindReaders() => new HashSet<int>();

        public EndingOutcome End(int processId, bool isForced) => throw new InvalidOperationException("nobody is there to be ended");
    }

    private sealed class FakeClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }

    /// <summary>A file whose lock everybody gets.</summary>
    private sealed class UnlockableFile(IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public FileIdentity Identity => file.Identity;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void SetLength(long bytes) => file.SetLength(bytes);

        public void Sync() => file.Sync();

        public void StartWriteBack() => file.StartWriteBack();

        public bool TryLock(LockKind kind) => true;

        public bool CouldLock(LockKind kind) => true;

        public void Unlock()
        {
        }

        public void KeepAcrossExec() => file.KeepAcrossExec();

        public void Dispose() => file.Dispose();
    }
}
