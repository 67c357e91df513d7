using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>What a process does to the world, or asks of it.</summary>
internal enum EffectKind
{
    // Observations change nothing; they can fail.
    Look,
    List,
    Open,
    Read,
    Request,

    // From here on the world is another one afterwards.
    Create,
    Write,
    WriteNew,
    Truncate,
    Sync,
    SyncDirectory,
    SyncVolume,
    CreateDirectory,
    Rename,
    Exchange,
    DeleteFile,
    DeleteDirectory,
    SymbolicLink,
    HardLink,
    Copy,
    SetMode,
    SetModified,
    Lock,
    Unlock,
    BeginWriting,
    Commit,
}

/// <summary>One effect, with the path it is about and, for a rename, the path it leads to.</summary>
internal readonly record struct Effect(EffectKind Kind, string Path, string? Destination = null)
{
    internal bool IsObservation => Kind <= EffectKind.Request;

    /// <summary>Whether half of it can happen.</summary>
    internal bool CanTear => Kind is EffectKind.Write or EffectKind.WriteNew or EffectKind.Copy;

    /// <summary>The effect with names that are made up at run time left out, such as <c>rename staging/OP/N to components/ID</c>.</summary>
    internal string Describe(StoreLayout layout) => Destination is null
        ? $"{Word} {PlaceOf(layout, Path)}"
        : $"{Word} {PlaceOf(layout, Path)} to {PlaceOf(layout, Destination)}";

    private string Word => Kind switch
    {
        EffectKind.Look => "look at",
        EffectKind.List => "list",
        EffectKind.Open => "open",
        EffectKind.Read => "read",
        EffectKind.Request => "request",
        EffectKind.Create => "create",
        EffectKind.Write => "write",
        EffectKind.WriteNew => "write new",
        EffectKind.Truncate => "truncate",
        EffectKind.Sync => "sync",
        EffectKind.SyncDirectory => "sync directory",
        EffectKind.SyncVolume => "sync volume",
        EffectKind.CreateDirectory => "create directory",
        EffectKind.Rename => "rename",
        EffectKind.Exchange => "exchange",
        EffectKind.DeleteFile => "delete",
        EffectKind.DeleteDirectory => "delete directory",
        EffectKind.SymbolicLink => "link",
        EffectKind.HardLink => "hard link",
        EffectKind.Copy => "copy to",
        EffectKind.SetMode => "set mode of",
        EffectKind.SetModified => "set time of",
        EffectKind.Lock => "lock",
        EffectKind.Unlock => "unlock",
        EffectKind.BeginWriting => "begin writing",
        EffectKind.Commit => "commit to",
        _ => throw new InvalidOperationException($"{Kind} has no word"),
    };

    private static string PlaceOf(StoreLayout layout, string path)
    {
        var relative = System.IO.Path.GetRelativePath(layout.RustupHome, path);
        return relative.Split('/') switch
        {
            ["."] => "home",
            ["settings.toml"] => "settings.toml",
            ["settings.toml.new"] => "settings.toml.new",
            ["toolchains", "+"] => "toolchains/+",
            ["toolchains", _] => "toolchains/NAME",
            ["toolchains", "+", ..] => "toolchains/+/...",
            ["toolchains", _, ..] => "toolchains/NAME/...",
            ["store", "downloads", var name] => name.EndsWith(".partial", StringComparison.Ordinal)
                ? "downloads/DIGEST.partial"
                : "downloads/DIGEST",
            ["store", "operations", var name] => name.EndsWith(".new", StringComparison.Ordinal)
                ? "operations/ID.new"
                : "operations/ID",
            ["store", "staging", _] => "staging/OP",
            ["store", "staging", _, _] => "staging/OP/N",
            ["store", "staging", _, _, .. var below] => "staging/OP/N/" + Below(below),
            ["store", "records", "+"] => "records/+",
            ["store", "records", _] => "records/NAME",
            ["store", "kept", _] => "kept/NAME",
            ["store", "kept", _, .. var below] => "kept/NAME/" + Below(below),
            ["store", "trash", _] => "trash/ID",
            ["store", "trash", _, ..] => "trash/ID/...",
            ["store", "components", _] => "components/ID",
            ["store", "components", _, .. var below] => "components/ID/" + Below(below),
            ["store", "toolchains", _] => "trees/ID",
            ["store", "toolchains", _, .. var below] => "trees/ID/" + Below(below),
            ["store", "journal.db"] => "journal",
            ["store", .. var rest] => string.Join('/', rest.Prepend("store")),
            ["toolchains"] => "toolchains",
            _ => "elsewhere",
        };
    }

    private static string Below(ReadOnlySpan<string> parts) => parts switch
    {
        [StoreLayout.LeaseFileName] => StoreLayout.LeaseFileName,
        [StoreLayout.ComponentListingFileName] => "listing",
        [StoreLayout.ComponentManifestFileName] => "manifest.in",
        _ => "...",
    };
}

/// <summary>What becomes of an effect.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    internal static Verdict Proceed { get; } = new Happens();

    internal sealed record Happens : Verdict;

    /// <summary>The process ends before the effect, after it, or after half of it.</summary>
    internal sealed record Ends(Moment Moment) : Verdict;

    /// <summary>The effect is refused; half of it may have happened.</summary>
    internal sealed record Fails(FileSystemError Error, bool IsTorn = false) : Verdict;
}

internal enum Moment
{
    Before,
    Halfway,
    After,
}

/// <summary>Who decides in what order processes run, what fails, and who dies where.</summary>
internal interface IDirector
{
    /// <summary>Called before each effect; other processes may run in here.</summary>
    Verdict Decide(SimulatedProcess process, in Effect effect);

    /// <summary>Called at each named crash point.</summary>
    void Pass(SimulatedProcess process, string crashPoint);

    /// <summary>Lets others run until the condition holds.</summary>
    void Wait(SimulatedProcess process, Func<bool> condition);

    void Sleep(SimulatedProcess process, TimeSpan duration);
}

/// <summary>Unwinds a simulated process that was killed. No code of the product catches it.</summary>
internal sealed class ProcessKilled : Exception;
