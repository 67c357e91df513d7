using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A toolchain that nobody used for a while, and why it stays all the same, if it does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="GenerationId">What it was when it was looked at.</param>
/// <param name="LastUsedAt">To a day, in Unix milliseconds.</param>
/// <param name="KeptBecause">Null if it may go.</param>
public sealed record UnusedToolchain(string Name, long GenerationId, long LastUsedAt, string? KeptBecause);

/// <summary>
/// When trees were last used. Nobody writes that down: a proxy reads the tree's <c>.lease</c>, and whoever starts the compiler its
/// <c>bin/rustc</c>, which no other tree shares; the file system notes when a file was read, as mounts do by default
/// (<c>relatime</c>) at most once a day. So it is true to a day, and unknown where <see cref="VolumeDescription.NotesReads"/> says so.
/// </summary>
/// <remarks>A backup that reads every file looks like use, and keeps a tree.</remarks>
internal sealed class TreeUsage(Machine machine, StoreLayout layout)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly Lazy<bool> notesReads = new(() => machine.Files.Describe(layout.Trees).NotesReads);

    /// <summary>Unix milliseconds; null if it cannot be known.</summary>
    internal long? FindLastUse(string treeId)
    {
        if (!notesReads.Value)
        {
            return null;
        }
        var compiler = Path.Combine(layout.Tree(treeId), "bin", "rustc");
        return machine.Files.Status(layout.Lease(treeId)) is { } lease
            ? Math.Max(lease.AccessedNanoseconds, machine.Files.Status(compiler)?.AccessedNanoseconds ?? 0) / NanosecondsPerMillisecond
            : null;
    }
}

/// <summary>Which toolchains nobody used for a while. Nothing is changed.</summary>
internal sealed class UnusedToolchains(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    /// <summary>Null if this file system does not tell.</summary>
    internal IReadOnlyList<UnusedToolchain>? Find(TimeSpan unusedFor)
    {
        if (!machine.Files.Describe(layout.Trees).NotesReads)
        {
            return null;
        }
        var usage = new TreeUsage(machine, layout);
        var horizon = machine.Clock.GetUtcNow().Subtract(unusedFor).ToUnixTimeMilliseconds();
        return journal.Read(session =>
        {
            var unused = new List<UnusedToolchain>();
            foreach (var toolchain in session.Toolchains.List())
            {
                if (toolchain is { GenerationId: { } generation, TreeId: { } tree }
                    && session.Generations.Find(generation)!.CreatedAt < horizon
                    && usage.FindLastUse(tree) is { } lastUse
                    && lastUse < horizon)
                {
                    unused.Add(new UnusedToolchain(toolchain.Name, generation, lastUse, WhyKept(session, toolchain)));
                }
            }
            return unused;
        });
    }

    private string? WhyKept(JournalSession session, ToolchainRow toolchain)
    {
        if (session.Settings.Find(SettingKeys.DefaultToolchain) == toolchain.Name)
        {
            return "it is the default toolchain";
        }
        if (session.Overrides.List().FirstOrDefault(row => row.Toolchain == toolchain.Name) is { } @override)
        {
            return $"it is the override of '{@override.Path}'";
        }
        if (session.Generations.ListOf(toolchain.Name).FirstOrDefault(row => row.KeptAs is not null) is { } kept)
        {
            return $"its generation {kept.GenerationId} is kept";
        }
        return LockFile.FindHeld(machine, layout.Lease(toolchain.TreeId!)) is { } lease
            ? $"it is in use by {Lease.DescribeHolders(machine, lease)}"
            : null;
    }
}
