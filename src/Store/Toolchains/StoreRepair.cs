using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// <c>rustup store verify</c> and its <c>--repair</c>, on a store that may be too damaged to be opened as one.
/// </summary>
public sealed class StoreRepair(StoreOptions options)
{
    /// <summary>What is not as it was installed; nothing is changed.</summary>
    public IReadOnlyList<Finding> Verify(bool readsContents)
    {
        using var store = LocalStore.OpenForReading(options);
        return store.Verify(readsContents);
    }

    /// <summary>As <see cref="Verify"/>, and repairs what can be repaired.</summary>
    /// <remarks>Crash: as <see cref="Repairer"/>.</remarks>
    public IReadOnlyList<Finding> Repair(bool readsContents)
    {
        var found = Verify(readsContents);
        using var store = LocalStore.OpenForWriting(options);
        var reasons = store.Repair(found);
        return Compare(found, store.Verify(readsContents), reasons);
    }

    /// <summary>What is found no more was repaired.</summary>
    private static IReadOnlyList<Finding> Compare(
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
            Remark = reasons.GetValueOrDefault(finding.Id),
        };
    }

    private static (FindingKind, string, string, string?) Identify(Finding finding) =>
        (finding.Kind, finding.Id, finding.Problem, finding.Path);
}
