using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Collecting;

/// <summary>What <c>gc --unused-for</c> takes for unused, a hundred days after the installation.</summary>
public sealed class Unused_toolchains : StoreTest
{
    private static readonly TimeSpan later = TimeSpan.FromDays(100);

    private readonly DateTime now = DateTime.UtcNow + later;

    [Fact]
    public void are_uninstalled_and_collected()
    {
        Install(Nightly);
        var tree = TreeOf(Nightly);

        var item = Assert.Single(Collect(), item => item.Kind == "toolchain");

        Assert.Equal(Nightly.Text, item.Id);
        Assert.StartsWith("was last used on ", item.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tree));
    }

    [Theory]
    [InlineData("bin/rustc")]
    [InlineData(".lease")]
    public void are_those_of_which_nothing_was_read(string path)
    {
        Install(Nightly);
        File.SetLastAccessTimeUtc(Path.Combine(TreeOf(Nightly), path), now - TimeSpan.FromDays(10));

        Assert.DoesNotContain(Collect(), item => item.Kind == "toolchain");
    }

    [Fact]
    public void are_not_those_that_were_installed_a_short_time_ago()
    {
        Install(Nightly);
        foreach (var file in new[] { "bin/rustc", ".lease" })
        {
            File.SetLastAccessTimeUtc(Path.Combine(TreeOf(Nightly), file), DateTime.UnixEpoch);
        }
        using var store = Open();

        Assert.DoesNotContain(store.Collect(Options30), item => item.Kind == "toolchain");
    }

    [Fact]
    public void stay_where_they_are_the_default_an_override_or_kept()
    {
        var (stable, beta) = (Stable, Official("beta"));
        foreach (var name in new[] { stable, beta, Nightly })
        {
            Install(name);
        }
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.DefaultToolchain, stable.Text);
            store.SetOverride("/project", beta.Text);
            store.Keep(Nightly, null, "");
        }

        Assert.Equal(
            ["but it is the default toolchain", "but it is the override of '/project'", "but its generation 3 is kept"],
            Collect().Where(item => item.Kind == "toolchain" && item.IsKept)
                .Select(item => item.Reason[item.Reason.IndexOf("but", StringComparison.Ordinal)..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void stay_while_something_runs_from_them()
    {
        Install(Nightly);
        using var store = Open();
        using var held = store.Hold(store.Catalog.Find(Nightly)!.Location);

        Assert.Contains(Collect(), item => item.Reason.Contains("but it is in use by", StringComparison.Ordinal));
    }

    [Fact]
    public void in_a_dry_run_are_said_with_what_would_be_freed_and_stay()
    {
        Install(Nightly);
        var announced = Collect(isDryRun: true);
        Assert.True(Directory.Exists(TreeOf(Nightly)));

        var done = Collect();

        Assert.Equal(done.Sum(item => item.Bytes), announced.Sum(item => item.Bytes));
        Assert.True(done.Sum(item => item.Bytes) > 0);
    }

    [Fact]
    public void cannot_be_told_where_the_file_system_notes_no_use()
    {
        Install(Nightly);

        Assert.DoesNotContain(
            Collect(files: new NoteLessFiles(Machine.Host.Files)), item => item.Kind == "toolchain");

        Assert.Contains(Messages.Lines, line => line.Contains("does not tell when files are used", StringComparison.Ordinal));
    }

    [Fact]
    public void do_not_count_looking_as_use()
    {
        Install(Nightly);
        var lease = Path.Combine(TreeOf(Nightly), ".lease");
        File.SetLastAccessTimeUtc(lease, DateTime.UnixEpoch);
        using var store = Open();

        store.ReadStatus();

        Assert.Equal(DateTime.UnixEpoch, File.GetLastAccessTimeUtc(lease));
    }

    private static CollectionOptions Options30 => new() { UnusedFor = TimeSpan.FromDays(30) };

    private IReadOnlyList<CollectedItem> Collect(bool isDryRun = false, IFileSystem? files = null)
    {
        var machine = new Machine
        {
            Files = files ?? Machine.Host.Files,
            Processes = Machine.Host.Processes,
            Network = Machine.Host.Network,
            Clock = new FixedClock(now),
        };
        using var store = LocalStore.OpenForWriting(Options() with { Machine = machine });
        return store.Collect(Options30 with { IsDryRun = isDryRun });
    }

    private sealed class FixedClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class NoteLessFiles(IFileSystem files) : DelegatingFileSystem(files)
    {
        public override VolumeDescription Describe(string path) => base.Describe(path) with { NotesReads = false };
    }
}
