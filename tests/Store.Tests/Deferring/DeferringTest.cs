using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Deferring;

/// <summary>A store whose documentation waits until somebody asks for it.</summary>
public abstract class DeferringTest : StoreTest
{
    protected DeferringTest() => SetMode("on-demand");

    protected static Component Documentation { get; } = new("rust-docs", RustPackages.Host);

    protected static Component Clippy { get; } = new("clippy-preview", RustPackages.Host);

    /// <summary>The archives that are kept.</summary>
    protected IReadOnlyList<string> Archives => [.. Directory.EnumerateFiles(Layout.Downloads)];

    protected void SetMode(string mode)
    {
        using var store = Open();
        store.SetSetting(SettingKeys.Documentation, mode);
    }

    protected IReadOnlyList<DeferredRow> ListWaiting()
    {
        using var store = Open();
        return store.ListWaiting();
    }

    protected void Unpack(ToolchainName name)
    {
        using var store = Open();
        store.Unpack(store.ListWaiting(name));
    }

    protected bool Change(IReadOnlyList<Component> added, IReadOnlyList<Component> removed)
    {
        using var store = Open();
        return store.ChangeComponents(new ComponentRequest(Stable, added, removed));
    }

    protected string PageOf(ToolchainName name) => Path.Combine(TreeOf(name), "share", "doc", "rust", "html", "std", "index.html");

    protected IReadOnlyList<string> ListUnpacked()
    {
        using var journal = OpenJournal();
        return journal.Read(session => session.Components.List())
            .Where(row => row.State == ComponentRow.Valid && row.Package == Documentation.Package)
            .Select(row => row.ComponentId).ToList();
    }

    /// <summary>This machine, but something happens at a crash point, or time passes as the test wants.</summary>
    protected static Machine MachineWith(Action<string>? reachCrashPoint = null, WaitingClock? clock = null) => new()
    {
        Files = Machine.Host.Files,
        Processes = Machine.Host.Processes,
        Network = Machine.Host.Network,
        ReachCrashPoint = reachCrashPoint ?? (static _ => { }),
        Clock = clock ?? TimeProvider.System,
        Sleep = clock is null ? Thread.Sleep : clock.Sleep,
    };

    /// <summary>Passes by itself and, each time somebody sleeps, by a second more.</summary>
    protected sealed class WaitingClock : TimeProvider
    {
        private long slept;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref slept);

        internal void Sleep(TimeSpan duration) => Interlocked.Add(ref slept, TimestampFrequency);
    }
}
