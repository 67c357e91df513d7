using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests;

/// <summary>A store in a folder of its own, over the small mirror. Every test ends with a check of all invariants.</summary>
public abstract class StoreTest : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private bool isDamageIntended;

    protected StoreTest()
    {
        Mirror = SmallMirror.WriteTo(folder["mirror"]);
        Server = new FakeDistributionServer(Mirror.Root);
        Layout = new StoreLayout(folder["rustup"]);
    }

    protected Mirror Mirror { get; }

    protected FakeDistributionServer Server { get; }

    protected StoreLayout Layout { get; }

    protected MessageLog Messages { get; } = new();

    protected static ToolchainName.Official Stable => Official("stable");

    protected static ToolchainName.Official Nightly => Official("nightly");

    protected static ToolchainName.Official Official(string text) =>
        RequestedToolchain.ParseOfficial(text).Resolve(RustPackages.Host);

    protected string Folder(string name)
    {
        Directory.CreateDirectory(folder[name]);
        return folder[name];
    }

    protected StoreOptions Options() => new()
    {
        RustupHome = Layout.RustupHome,
        CommandLine = "rustup test",
        DetectedHost = RustPackages.Host,
        Reporter = Messages,
        ServerRoot = Server.Url,
        DownloadPatience = new DownloadPatience(RetriesMax: 3, StallLimit: TimeSpan.FromSeconds(1)),
    };

    protected LocalStore Open() => LocalStore.OpenForWriting(Options());

    protected InstallOutcome Install(ToolchainName.Official name, Profile profile = Profile.Default)
    {
        using var store = Open();
        return store.Follow(new FollowRequest { Name = name, Profile = profile });
    }

    protected string TreeOf(ToolchainName name)
    {
        using var store = Open();
        return Layout.Tree(store.ReadBase(name).TreeId ?? throw new InvalidOperationException($"{name} is not installed"));
    }

    protected IReadOnlyList<CollectedItem> CollectEverything()
    {
        using var store = Open();
        return store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });
    }

    protected JournalDatabase OpenJournal() =>
        JournalDatabase.OpenForWriting(Machine.Host, Layout, JournalPatience.Default);

    /// <summary>
    /// Until a change of a directory would get another time than its last one: kernels before 6.13 give all changes of
    /// four milliseconds the same.
    /// </summary>
    protected void WaitForAnotherTick(string directory)
    {
        var last = Machine.Host.Files.TargetStatus(directory)!.ChangedNanoseconds;
        Assert.True(SpinWait.SpinUntil(() => TimeOfNewFile() > last, TimeSpan.FromSeconds(10)), "the clock stands still");

        long TimeOfNewFile()
        {
            var probe = Path.Combine(Folder("clock"), Machine.Host.NewId());
            File.WriteAllText(probe, "");
            return Machine.Host.Files.Status(probe)!.ChangedNanoseconds;
        }
    }

    /// <summary>The test damages the store on purpose; it is not checked at the end.</summary>
    protected void IntendDamage() => isDamageIntended = true;

    public void Dispose()
    {
        try
        {
            if (!isDamageIntended && Directory.Exists(Layout.Root))
            {
                CheckInvariants();
            }
        }
        finally
        {
            Server.Dispose();
            folder.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    private void CheckInvariants()
    {
        using var store = Open();
        Assert.DoesNotContain(store.Verify(readsContents: true), finding => finding.IsProblem);
        Assert.Empty(store.ReadStatus().Operations);
        Assert.Empty(store.ReadStatus().Downloads);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Staging));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Operations));
    }
}

/// <summary>What an operation said.</summary>
public sealed class MessageLog : Reporter
{
    private readonly Lock linesLock = new();
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (linesLock)
            {
                return [.. lines];
            }
        }
    }

    public override void Debug(string message) => Add($"debug: {message}");

    public override void Info(string message) => Add($"info: {message}");

    public override void Warn(string message) => Add($"warn: {message}");

    private void Add(string line)
    {
        lock (linesLock)
        {
            lines.Add(line);
        }
    }
}
