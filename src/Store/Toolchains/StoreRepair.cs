using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// <c>rustup store verify</c> and its <c>--repair</c>, on a store that may be too damaged to be opened as one.
/// </summary>
public sealed class StoreRepair(StoreOptions options)
{
    private readonly StoreLayout layout = new(options.RustupHome);
    private readonly Machine machine = options.Machine;

    /// <summary>What is not as it was installed; nothing is changed.</summary>
    public IReadOnlyList<Finding> Verify(bool readsContents)
    {
        if (!machine.Files.Exists(layout.Journal))
        {
            return machine.Files.List(layout.Trees).Count > 0 ? [OfJournal($"'{layout.Journal}' is missing")] : [];
        }
        try
        {
            using var store = LocalStore.OpenForVerification(options);
            return store.Verify(readsContents);
        }
        catch (StoreException damaged) when (damaged.Kind == StoreErrorKind.Corrupt)
        {
            return [OfJournal(damaged.Message.Split('\n')[0])];
        }
    }

    /// <summary>As <see cref="Verify"/>, and repairs what can be repaired.</summary>
    /// <remarks>Crash: as <see cref="JournalRebuilder"/> and <see cref="Repairer"/>.</remarks>
    /// <exception cref="StoreException">Busy: the journal is to be rebuilt, and somebody is at work.</exception>
    public IReadOnlyList<Finding> Repair(bool readsContents)
    {
        var found = Verify(readsContents);
        var wanted = found;
        var lost = new List<Finding>();
        string? movedTo = null;
        string? settingsMovedTo = null;
        if (found.Any(finding => finding.Kind is FindingKind.Journal or FindingKind.Row))
        {
            var rebuilder = new JournalRebuilder(options, layout);
            rebuilder.Rebuild();
            movedTo = rebuilder.MovedTo;
            lost.AddRange(rebuilder.Unreadable.Distinct().Select(name => new Finding(
                FindingKind.Record, $"record of {name}", "the journal was rebuilt without it")
            {
                Id = name,
                Path = layout.Record(name),
                Outcome = FindingOutcome.NotRepaired,
                Remark = $"install {name} again",
            }));
            settingsMovedTo = MoveUnreadableSettingsAside();
            // What was found by damaged rows may be nothing.
            wanted = Verify(readsContents);
            found = [.. found.Concat(wanted).DistinctBy(Identify)];
        }
        settingsMovedTo ??= MoveUnreadableSettingsAside();
        using var store = LocalStore.OpenForWriting(options);
        var reasons = store.Repair(wanted);
        return
        [
            .. Compare(found, store.Verify(readsContents), reasons).Select(finding => finding switch
            {
                { Kind: FindingKind.Journal, Outcome: FindingOutcome.Repaired } => SayWhere(finding, movedTo),
                { Outcome: FindingOutcome.Repaired } when finding.Path == layout.SettingsFile => SayWhere(finding, settingsMovedTo),
                _ => finding,
            }),
            .. lost,
        ];
    }

    /// <summary>Nobody can open the store for writing beside a settings.toml that cannot be read: it is exported anew.</summary>
    /// <remarks>Crash: it is at its place, or beside it under a name that says so, and exported by the next writer.</remarks>
    /// <returns>Where it is then; null if it stayed.</returns>
    private string? MoveUnreadableSettingsAside()
    {
        if (SettingsView.FindFault(machine.Files, layout) is null || !machine.Files.Exists(layout.SettingsFile))
        {
            return null;
        }
        var aside = $"{layout.SettingsFile}.damaged-{machine.NewId()}";
        machine.Files.Rename(layout.SettingsFile, aside);
        return aside;
    }

    private static Finding SayWhere(Finding finding, string? movedTo) =>
        movedTo is null ? finding : finding with { Remark = $"what was there is in '{movedTo}'" };

    private static Finding OfJournal(string problem) => new(FindingKind.Journal, "journal", problem);

    /// <summary>What is found no more was repaired.</summary>
    private static IEnumerable<Finding> Compare(
        IReadOnlyList<Finding> before, IReadOnlyList<Finding> after, IReadOnlyDictionary<string, string> reasons)
    {
        var left = after.Select(Identify).ToHashSet();
        var known = before.Select(Identify).ToHashSet();
        return
        [
            .. before.Where(finding => finding.Kind != FindingKind.Unnamed).Select(finding => left.Contains(Identify(finding))
                ? Unrepaired(finding)
                : finding with { Outcome = FindingOutcome.Repaired }),
            .. after.Where(finding => finding.Kind != FindingKind.Unnamed && !known.Contains(Identify(finding))).Select(Unrepaired),
        ];

        Finding Unrepaired(Finding finding) => finding with
        {
            Outcome = FindingOutcome.NotRepaired,
            Remark = reasons.GetValueOrDefault(finding.Id) ?? (finding.Kind == FindingKind.View
                ? "it is somebody else's; move it away" : null),
        };
    }

    private static (FindingKind, string, string, string?) Identify(Finding finding) =>
        (finding.Kind, finding.Id, finding.Problem, finding.Path);
}
