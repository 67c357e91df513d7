using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Replaces what a verification found damaged. Nothing is replaced in place: a damaged component is fetched again under the
/// next incarnation of its id, trees that hold it are composed again under theirs, and generations move to those. Whoever runs from a damaged tree goes on until a collection gets its lease.
/// </summary>
/// <remarks>
/// Crash: what is marked as damaged stays marked, so nothing new is made of it; some generations have moved and the others have
/// not. The next repair does the rest. Locking: as <see cref="Installer"/>, one generation at a time.
/// </remarks>
public sealed class Repairer(
    Machine machine, JournalDatabase journal, ToolchainChanges changes, DeferredUnpacker unpacker,
    ToolchainViews views)
{
    /// <summary>Does what can be done; returns why the rest could not, by the component, tree or name that is about.</summary>
    public IReadOnlyDictionary<string, string> Repair(IReadOnlyList<Finding> findings)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        MarkDamaged(findings);
        foreach (var damaged in ListDamagedGenerations())
        {
            Try(() => changes.Repair(damaged.Name, damaged.GenerationId), damaged.Objects);
        }
        foreach (var finding in findings.Where(finding => finding.Kind == FindingKind.Archive))
        {
            Try(() => unpacker.Restore(finding.Id), [finding.Id]);
        }
        journal.Write(session =>
        {
            foreach (var finding in findings.Where(finding => finding.Kind == FindingKind.Record))
            {
                session.StaleViews.Insert(finding.Id);
            }
        });
        // A link of somebody else at a name of ours is replaced, because the user asked for it; a directory never is.
        views.RefreshAll([.. findings.Where(finding => finding.Kind == FindingKind.View && IsLink(finding.Path)).Select(finding => finding.Id)]);
        return reasons;

        void Try(Action repair, IReadOnlyList<string> objects)
        {
            try
            {
                repair();
            }
            catch (StoreException refused) when (refused.Kind != StoreErrorKind.Broken)
            {
                foreach (var id in objects)
                {
                    reasons[id] = Explain(refused);
                }
            }
        }
    }

    private bool IsLink(string? path) => path is not null && machine.Files.Status(path) is { Kind: FileKind.SymbolicLink };

    /// <summary>One transaction: from now on nothing new is made of what is damaged, and no archive means it.</summary>
    private void MarkDamaged(IReadOnlyList<Finding> findings)
    {
        var damaged = findings.Where(finding => finding.Kind is FindingKind.Component or FindingKind.Tree).ToList();
        if (damaged.Count == 0)
        {
            return;
        }
        journal.Write(session =>
        {
            foreach (var finding in damaged)
            {
                session.Damage.Insert(finding.Id, machine.Clock.GetUtcNow().ToUnixTimeMilliseconds());
                if (finding.Kind == FindingKind.Component)
                {
                    session.Archives.DeleteOf(finding.Id);
                }
            }
        });
    }

    /// <summary>The generations of damaged trees and of trees of damaged components, current ones first: they are waited for.</summary>
    private IReadOnlyList<DamagedGeneration> ListDamagedGenerations() => journal.Read(session => session.Toolchains.List()
        .SelectMany(toolchain => session.Generations.ListOf(toolchain.Name)
            .OrderByDescending(generation => generation.GenerationId == toolchain.GenerationId))
        .Select(generation => (generation, Objects: FindDamage(session, generation.TreeId)))
        .Where(damaged => damaged.Objects.Count > 0)
        .Select(damaged => (damaged, Name: ToolchainName.TryParse(damaged.generation.ToolchainName) as ToolchainName.Official))
        .Where(entry => entry.Name is not null)
        .Select(entry => new DamagedGeneration(entry.Name!, entry.damaged.generation.GenerationId, entry.damaged.Objects)).ToList());

    /// <summary>What of a tree is damaged: itself, its components, or nothing.</summary>
    internal static IReadOnlyList<string> FindDamage(JournalSession session, string treeId) =>
    [
        .. session.Components.ListOfTree(treeId).Select(component => component.ComponentId).Prepend(treeId)
            .Where(session.Damage.Contains),
    ];

    private static string Explain(Exception refused) =>
        refused.InnerException is { } cause ? $"{FirstLine(refused)}: {FirstLine(cause)}" : FirstLine(refused);

    private static string FirstLine(Exception refused) => refused.Message.Split('\n')[0];

    private sealed record DamagedGeneration(ToolchainName.Official Name, long GenerationId, IReadOnlyList<string> Objects);
}
