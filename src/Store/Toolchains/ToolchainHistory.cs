using System.Globalization;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A state that a name has had.</summary>
/// <param name="Number">Never used again, for any name.</param>
/// <param name="MadeAt">Unix milliseconds.</param>
/// <param name="RustVersion">As the release's manifest says; null if it does not.</param>
/// <param name="ReleaseDate">As the release's manifest says.</param>
/// <param name="OperationId">The operation that made it, whether it is remembered or not.</param>
/// <param name="OperationKind">What that did; null if it is not remembered.</param>
public sealed record Generation(
    long Number, long MadeAt, string? RustVersion, string? ReleaseDate, string OperationId, string? OperationKind)
{
    public bool IsCurrent { get; init; }

    /// <summary>Whether its tree was collected: nothing but this memory of it is left.</summary>
    public bool IsCollected { get; init; }

    /// <summary>When another took its place, in Unix milliseconds; null if it is current or collected.</summary>
    public long? ReplacedAt { get; init; }

    /// <summary>What its user calls it, perhaps nothing; null if nobody wants it kept.</summary>
    public string? KeptAs { get; init; }

    public long? RestoredFrom { get; init; }
}

/// <summary>What came of going back.</summary>
/// <param name="Name">The toolchain.</param>
/// <param name="From">What was current before.</param>
/// <param name="To">The generation that was asked for.</param>
/// <param name="Current">The one that has its tree and manifest now; the same as before if nothing changed.</param>
public sealed record RolledBack(string Name, Generation From, Generation To, Generation Current)
{
    public bool HasMoved => From.Number != Current.Number;
}

/// <summary>A name that an operation had moved, and what it means again.</summary>
/// <param name="Name">The toolchain.</param>
/// <param name="Current">Its new generation; null if it is a link or gone.</param>
/// <param name="LinkedPath">Where it leads, if it is a link.</param>
public sealed record RestoredName(string Name, Generation? Current, string? LinkedPath)
{
    public bool IsGone => Current is null && LinkedPath is null;
}

/// <summary>What came of undoing.</summary>
/// <param name="PassedOver">What was done since and moved no name, so that it stays; null if nothing was.</param>
/// <param name="Operations">What was undone; oldest first, never empty.</param>
/// <param name="Names">What became of the names that they had moved.</param>
public sealed record UndoneOperations(IReadOnlyList<Operation> Operations, IReadOnlyList<RestoredName> Names, Operation? PassedOver);

/// <summary>
/// Going back: a name gets a new generation with the tree and the manifest of an older one, and so its components and extras.
/// Nothing is downloaded and no file of a tree is touched.
/// </summary>
/// <remarks>
/// Locking: each change is one transaction, in which everything is looked at again: a generation's row keeps its tree valid,
/// and a tree that no generation has any more is only used if its row is valid now; a collection dooms it in a transaction of
/// its own, before or after. Crash: before the commit nothing; after it the link in toolchains/ is stale, and the next writer
/// corrects it.
/// </remarks>
public sealed class ToolchainHistory(StoreOptions options, StoreLayout layout, JournalDatabase journal, ToolchainViews views)
{
    private const string AdoptKind = "adopt";

    // Collections begin by themselves after what is looked for.
    private const int PassedOverMax = 10;
    private const int ShownIdLength = 12;

    private readonly Machine machine = options.Machine;

    /// <summary>Newest first; also those that were collected, as long as their operations are remembered.</summary>
    public IReadOnlyList<Generation> List(ToolchainName name) => journal.Read(session =>
    {
        var current = session.Toolchains.Find(name.Text);
        RequireGenerations(name, current, mayBeGone: true);
        var there = session.Generations.ListOf(name.Text);
        var numbers = there.Select(row => row.GenerationId).ToHashSet();
        var gone = session.Moves.ListOf(name.Text)
            .Where(move => move.NewGeneration is { } number && !numbers.Contains(number))
            .Select(move => DescribeCollected(session, move));
        var generations = there.Select(row => Describe(session, row, current)).Concat(gone)
            .OrderByDescending(generation => generation.Number).ToList();
        return generations.Count > 0 ? generations : throw NotInstalled(name);
    });

    /// <param name="name">Of the toolchain.</param>
    /// <param name="which">A generation's number or what it is kept as; null: the one before the current one.</param>
    /// <exception cref="StoreException">
    /// NotFound: there is no such generation, or it was collected. Corrupt: it was found damaged.
    /// </exception>
    public RolledBack RollBack(ToolchainName name, string? which)
    {
        var outcome = journal.Write(session =>
        {
            var row = session.Toolchains.Find(name.Text);
            RequireGenerations(name, row, mayBeGone: false);
            var current = session.Generations.Find(row!.GenerationId!.Value)!;
            var target = which is null ? FindPrevious(session, name, current) : Find(session, name, which);
            var from = Describe(session, current, row);
            var to = Describe(session, target, row);
            if (target.TreeId == current.TreeId && target.ManifestDigest == current.ManifestDigest)
            {
                return new RolledBack(name.Text, from, to, from);
            }
            RequireUndamaged(session, name.Text, target.GenerationId, target.TreeId);
            var operation = RunningOperation.RecordInstant(session, machine, "rollback", options.Command);
            var number = new NameMove(operation, name.Text, target.TreeId, target.ManifestDigest)
            {
                RestoredFrom = target.RestoredFrom ?? target.GenerationId,
            }.Make(session, Now());
            return new RolledBack(name.Text, from, to, DescribeCurrent(session, name.Text, number));
        });
        views.Refresh();
        return outcome;
    }

    /// <summary>Keeps a generation until it is released or its toolchain uninstalled.</summary>
    /// <param name="name">Of the toolchain.</param>
    /// <param name="which">A generation's number or what it is kept as; null: the current one.</param>
    /// <param name="keptAs">What its user calls it, perhaps nothing; null releases it.</param>
    public Generation Keep(ToolchainName name, string? which, string? keptAs)
    {
        var kept = journal.Write(session => Keep(session, name, which, keptAs));
        views.Refresh();
        return kept;
    }

    private Generation Keep(JournalSession session, ToolchainName name, string? which, string? keptAs)
    {
        var row = session.Toolchains.Find(name.Text);
        RequireGenerations(name, row, mayBeGone: false);
        var target = which is null
            ? session.Generations.Find(row!.GenerationId!.Value)!
            : Find(session, name, which);
        if (keptAs is { Length: > 0 }
            && session.Generations.ListOf(name.Text).FirstOrDefault(
                other => other.KeptAs == keptAs && other.GenerationId != target.GenerationId) is { } taken)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"generation {taken.GenerationId} of '{name.Text}' is kept as '{keptAs}' already"
                + $"\nhelp: run `rustup toolchain keep --release {name.Text} {taken.GenerationId}` first");
        }
        if (keptAs is null && target.KeptAs is null)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"generation {target.GenerationId} of '{name.Text}' is not kept"
                + $"\nhelp: run `rustup toolchain history {name.Text}` to see which are, and give its number");
        }
        RunningOperation.RecordInstant(session, machine, keptAs is null ? "release" : "keep", options.Command);
        // Without a name it keeps the one that it has.
        session.Generations.Keep(target.GenerationId, keptAs is "" ? target.KeptAs ?? "" : keptAs);
        return Describe(session, session.Generations.Find(target.GenerationId)!, row);
    }

    /// <summary>Gives names what they meant before an operation, or a whole command, if none has moved since.</summary>
    /// <param name="operationId">The id or its beginning; null: all that the last command did that moved a name.</param>
    public UndoneOperations Undo(string? operationId)
    {
        List<string> relinked = [];
        var undone = journal.Write(session =>
        {
            var operations = operationId is null ? FindLastOperations(session) : [FindOperation(session, operationId)];
            var moves = operations.SelectMany(operation => session.Moves.ListOfOperation(operation.OperationId))
                .GroupBy(move => move.ToolchainName, StringComparer.Ordinal).Select(moved => Join([.. moved])).ToList();
            RequireUndoable(session, operations[^1], moves);
            var passedOver = operationId is null && session.Operations.ListNewest(PassedOverMax)
                .FirstOrDefault(operation => operation.Kind != GarbageCollector.Kind) is { } newest
                && operations.All(operation => operation.OperationId != newest.OperationId && operation.CommandId != newest.CommandId) ? newest : null;
            var undo = RunningOperation.RecordInstant(session, machine, "undo", options.Command);
            var names = moves.Select(move => Restore(session, undo, move)).ToList();
            relinked.AddRange(moves.Where(move => move.OldLinkedPath is not null || move.NewLinkedPath is not null)
                .Select(move => move.ToolchainName));
            return new UndoneOperations([.. operations.Select(operation => WithNames(session, operation))], names, passedOver);
        });
        views.Refresh(relinked);
        return undone;
    }

    /// <summary>The newest first. Whose process was killed is aborted, also before the next command that changes something says so.</summary>
    public IReadOnlyList<Operation> ListOperations(int count) => [.. journal.Read(session => session.Operations.ListNewest(count)).Select(Describe)];

    private Operation Describe(Operation listed)
    {
        var operation = listed;
        if (operation.Outcome == Operation.Running && LockFile.FindHeld(machine, layout.Operation(operation.OperationId)) is null)
        {
            // It may have ended well between our two looks.
            var now = journal.Read(session => session.Operations.Find(operation.OperationId)) ?? operation;
            operation = now.Outcome == Operation.Running ? now with { Outcome = Operation.Aborted } : now;
        }
        return journal.Read(session => WithNames(session, operation));
    }

    private static Operation WithNames(JournalSession session, Operation operation) => operation with
    {
        MovedNames = [.. session.Moves.ListOfOperation(operation.OperationId).Select(move => move.ToolchainName).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>The newest that is older than the current one, or than the one that this repeats, and is another.</summary>
    private GenerationRow FindPrevious(JournalSession session, ToolchainName name, GenerationRow current)
    {
        var before = current.RestoredFrom ?? current.GenerationId;
        return session.Generations.ListOf(name.Text).LastOrDefault(row => row.GenerationId < before
                && (row.TreeId != current.TreeId || row.ManifestDigest != current.ManifestDigest))
            ?? throw new StoreException(
                StoreErrorKind.NotFound,
                $"there is no generation of '{name.Text}' before {before} to go back to"
                + (session.Moves.ListOf(name.Text).LastOrDefault(move => move.NewGeneration < before) is { } collected
                    ? $": {collected.NewGeneration} ({DescribeRelease(collected.RustVersion, collected.ReleaseDate)}) was collected{HelpToInstall(name, collected)}"
                    : "")
                + $"\nhelp: run `rustup toolchain history {name.Text}` to see what there is");
    }

    private static GenerationRow Find(JournalSession session, ToolchainName name, string which)
    {
        var generations = session.Generations.ListOf(name.Text);
        var number = TryParseNumber(which);
        if (generations.FirstOrDefault(row => number is null ? row.KeptAs == which && which.Length > 0 : row.GenerationId == number) is { } found)
        {
            return found;
        }
        if (session.Moves.ListOf(name.Text).FirstOrDefault(move => number is not null && move.NewGeneration == number) is { } gone)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"generation {number} of '{name.Text}' ({DescribeRelease(gone.RustVersion, gone.ReleaseDate)}) was collected"
                + HelpToInstall(name, gone)
                + "\nhelp: `rustup toolchain keep` keeps a generation from being collected");
        }
        throw new StoreException(
            StoreErrorKind.NotFound,
            (number is null ? $"no generation of '{name.Text}' is kept as '{which}'" : $"'{name.Text}' has no generation {number}")
            + $"\nhelp: run `rustup toolchain history {name.Text}` to see what there is");
    }

    /// <summary>How what was collected can be had again: under the name of its own release.</summary>
    private static string HelpToInstall(ToolchainName name, MoveRow move)
    {
        if (name is not ToolchainName.Official { Date: null } official || move.ReleaseDate is not { Length: > 0 } date)
        {
            return "";
        }
        var dated = (official with { Date = date }).Text;
        return $"\nhelp: run `rustup toolchain install {dated}` to download that release again";
    }

    /// <summary>What is a number names a generation, and so nothing can be kept as that.</summary>
    public static long? TryParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Those of the command that moved a name last, as its user sees it: an update is one, of however many toolchains.</summary>
    private static IReadOnlyList<Operation> FindLastOperations(JournalSession session)
    {
        var last = session.Moves.FindLastOperation() is { } id
            ? session.Operations.Find(id)!
            : throw new StoreException(
                StoreErrorKind.NotFound,
                "no operation that moved a name is remembered\nhelp: `rustup store log` lists what was done");
        // What took over the files of another rustup before the change that was asked for cannot be undone.
        var undoable = (last.CommandId is { } command ? session.Operations.ListOfCommand(command) : [last])
            .Where(operation => operation.Kind != AdoptKind && session.Moves.ListOfOperation(operation.OperationId).Count > 0).ToList();
        return undoable.Count > 0 ? undoable : [last];
    }

    /// <summary>What several moves of a name come to.</summary>
    private static MoveRow Join(IReadOnlyList<MoveRow> moves)
    {
        var first = moves[0];
        return moves[^1] with
        {
            OldGeneration = first.OldGeneration,
            OldTreeId = first.OldTreeId,
            OldManifestDigest = first.OldManifestDigest,
            OldProfile = first.OldProfile,
            OldLinkedPath = first.OldLinkedPath,
        };
    }

    private static Operation FindOperation(JournalSession session, string operationId) =>
        session.Operations.ListBeginningWith(operationId) switch
        {
            [var only] => only,
            [] => throw new StoreException(
                StoreErrorKind.NotFound,
                $"no operation '{operationId}' is remembered\nhelp: run `rustup store log` to see those that are"),
            var several => throw new StoreException(
                StoreErrorKind.Usage,
                $"the ids of {several.Count} operations begin with '{operationId}'"
                + "\nhelp: give more of it; `rustup store log --json` has the whole ids"),
        };

    private void RequireUndoable(JournalSession session, Operation operation, IReadOnlyList<MoveRow> moves)
    {
        var shown = $"operation {operation.OperationId[..Math.Min(operation.OperationId.Length, ShownIdLength)]}, `{operation.CommandLine}`,";
        if (moves.Count == 0)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"{shown} moved no name\nhelp: `rustup store undo` without an operation undoes the last one that did");
        }
        if (operation.Kind == AdoptKind)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"{shown} took over what another rustup had installed, which is not there any more"
                + "\nhelp: `rustup toolchain uninstall` removes what was taken over");
        }
        var moved = moves.Where(move => HasMovedSince(session, move)).Select(move => DescribeLastMove(session, move)).ToList();
        if (moved.Count > 0) // Guard: recheck-moved
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"{shown} cannot be undone, for these names have moved since:\n{string.Join('\n', moved)}"
                + "\nhelp: `rustup toolchain rollback` goes back to any generation of one toolchain");
        }
        foreach (var move in moves)
        {
            RequireThere(session, move);
            RequireNothingKept(session, shown, move);
        }
    }

    /// <summary>What is kept stays until it is released, also where an undo would remove the whole toolchain.</summary>
    private static void RequireNothingKept(JournalSession session, string shown, MoveRow move)
    {
        if (move is { OldGeneration: null, OldLinkedPath: null }
            && session.Generations.ListOf(move.ToolchainName).FirstOrDefault(row => row.KeptAs is not null) is { } kept)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"{shown} cannot be undone, for that would remove '{move.ToolchainName}', whose generation {kept.GenerationId} is kept"
                + $"\nhelp: run `rustup toolchain keep --release {move.ToolchainName} {kept.GenerationId}` first, or uninstall it");
        }
    }

    private bool HasMovedSince(JournalSession session, MoveRow move)
    {
        var now = session.Toolchains.Find(move.ToolchainName);
        return now?.GenerationId != move.NewGeneration
            || now?.LinkedPath != move.NewLinkedPath
            || (now is null && IsForeign(move.ToolchainName)); // Guard: recheck-taken
    }

    private bool IsForeign(string name) => ToolchainLocation.FindForeign(machine.Files, layout, name) is not null;

    private string DescribeLastMove(JournalSession session, MoveRow move)
    {
        if (session.Toolchains.Find(move.ToolchainName) is null && IsForeign(move.ToolchainName))
        {
            return $"  {move.ToolchainName}, by another program";
        }
        var last = session.Moves.ListOf(move.ToolchainName)[^1];
        return session.Operations.Find(last.OperationId) is { } operation
            ? $"  {move.ToolchainName}, by {operation.Describe()}"
            : $"  {move.ToolchainName}";
    }

    private static void RequireThere(JournalSession session, MoveRow move)
    {
        if (FindOldTree(session, move) is not { } tree)
        {
            return;
        }
        if (session.Trees.Find(tree) is { State: ComponentRow.Valid } && session.Manifests.Contains(move.OldManifestDigest!))
        {
            RequireUndamaged(session, move.ToolchainName, move.OldGeneration!.Value, tree);
            return;
        }
        throw new StoreException(
            StoreErrorKind.NotFound,
            $"generation {move.OldGeneration} of '{move.ToolchainName}' was collected, so it cannot be restored without a download"
            + (session.Moves.ListOf(move.ToolchainName).FirstOrDefault(made => made.NewGeneration == move.OldGeneration) is { } made
                && ToolchainName.TryParse(move.ToolchainName) is { } parsed && HelpToInstall(parsed, made) is { Length: > 0 } help
                ? help
                : $"\nhelp: run `rustup toolchain install {move.ToolchainName}` to install it again"));
    }

    /// <summary>What is damaged is repaired first: whoever goes back wants what worked.</summary>
    private static void RequireUndamaged(JournalSession session, string name, long generation, string tree)
    {
        if (Repairer.FindDamage(session, tree).Count > 0) // Guard: refuse-damaged
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"generation {generation} of '{name}' was found damaged\nhelp: run `rustup store verify --repair` first");
        }
    }

    /// <summary>The tree of the old generation, which a repair may have replaced; of one that is gone, the tree it had.</summary>
    private static string? FindOldTree(JournalSession session, MoveRow move) =>
        session.Generations.Find(move.OldGeneration ?? 0)?.TreeId ?? move.OldTreeId;

    /// <summary>
    /// The generation that is current again, also where its row was collected meanwhile. Null after an uninstall, with which the old one
    /// went: then nobody went back from anything.
    /// </summary>
    private static long? FindOrigin(JournalSession session, MoveRow move) => session.Generations.Find(move.OldGeneration ?? 0) is { } old
        ? old.RestoredFrom ?? old.GenerationId
        : session.Toolchains.Find(move.ToolchainName) is { GenerationId: not null } ? move.OldGeneration : null;

    private RestoredName Restore(JournalSession session, string undo, MoveRow move)
    {
        var name = move.ToolchainName;
        if (FindOldTree(session, move) is { } tree)
        {
            var number = new NameMove(undo, name, tree, move.OldManifestDigest!)
            {
                Profile = move.OldProfile,
                RestoredFrom = FindOrigin(session, move),
            }.Make(session, Now());
            return new RestoredName(name, DescribeCurrent(session, name, number), LinkedPath: null);
        }
        // As when a link is made or removed: without its row it would be somebody else's, and go on being run.
        views.Remove(session, name);
        if (move.OldLinkedPath is { } path)
        {
            session.Toolchains.Link(undo, name, path, Now());
            return new RestoredName(name, Current: null, path);
        }
        session.Toolchains.Delete(undo, name, Now());
        return new RestoredName(name, Current: null, LinkedPath: null);
    }

    private void RequireGenerations(ToolchainName name, ToolchainRow? row, bool mayBeGone)
    {
        if (row is { LinkedPath: { } path })
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"toolchain '{name.Text}' is linked to '{path}' and has no generations"
                + "\nhelp: `rustup store undo` restores what a link was before, if it was made over another");
        }
        if (row is null && IsForeign(name.Text))
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"toolchain '{name.Text}' was installed by another program and has no generations"
                + $"\nhelp: if a rustup installed it, run `rustup store adopt {name.Text}`; they begin with that");
        }
        if (row is null && !mayBeGone)
        {
            throw NotInstalled(name);
        }
    }

    private static StoreException NotInstalled(ToolchainName name) => name is ToolchainName.Official official
        ? ToolchainChanges.NotInstalled(official)
        : new StoreException(
            StoreErrorKind.NotFound, $"toolchain '{name.Text}' is not installed\nhelp: `rustup toolchain list` lists those that are");

    private static Generation DescribeCurrent(JournalSession session, string name, long number) =>
        Describe(session, session.Generations.Find(number)!, session.Toolchains.Find(name));

    private static Generation Describe(JournalSession session, GenerationRow row, ToolchainRow? toolchain) => new(
        row.GenerationId,
        row.CreatedAt,
        session.Manifests.FindRustVersion(row.ManifestDigest),
        session.Manifests.FindDate(row.ManifestDigest),
        row.OperationId,
        session.Operations.Find(row.OperationId)?.Kind)
    {
        IsCurrent = toolchain?.GenerationId == row.GenerationId,
        ReplacedAt = row.RetiredAt,
        KeptAs = row.KeptAs,
        RestoredFrom = row.RestoredFrom,
    };

    private static Generation DescribeCollected(JournalSession session, MoveRow move) => new(
        move.NewGeneration!.Value,
        move.MovedAt,
        move.RustVersion,
        move.ReleaseDate,
        move.OperationId,
        session.Operations.Find(move.OperationId)?.Kind)
    {
        IsCollected = true,
    };

    private static string DescribeRelease(string? version, string? date) => version ?? date ?? "of an unknown release";

    private long Now() => machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
