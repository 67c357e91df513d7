using System.Globalization;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Enumeration;

/// <summary>An operation whose every effect is made to fail.</summary>
/// <param name="Name">As the committed list of effects calls it.</param>
/// <param name="Run">The operation on a store that was just opened for it.</param>
internal sealed record EnumeratedOperation(string Name, Action<LocalStore> Run)
{
    /// <summary>What is done to the world beforehand.</summary>
    public Action<World> Arrange { get; init; } = static _ => { };

    /// <summary>Whether it begins with nothing at all: no home, no journal.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether opening the store for writing is all of it.</summary>
    public bool IsRecovery { get; init; }

    /// <summary>
    /// Whether the releases have as few files as possible: for what looks at all files again and again, each of which is
    /// another place to fail and makes each failure take longer.
    /// </summary>
    public bool HasFewFiles { get; init; }

    /// <summary>Whether the store is damaged when it begins, and stays so until it is done.</summary>
    public bool IsRepair { get; init; }

    private const string ProjectPath = "/project";
    private const string LinkedPath = "/mine";

    internal static ToolchainName.Official Stable { get; } = Official("stable");

    internal static ToolchainName.Official Nightly { get; } = Official("nightly");

    private static ToolchainName.Official Beta { get; } = Official("beta");

    private static ToolchainName.Official Foreign { get; } = Official("1.91.0");

    private static ToolchainName.Custom Mine { get; } = ToolchainName.Custom.TryParse("mine")!;

    private static Component Sources { get; } = new("rust-src", null);

    private static Component Clippy { get; } = new("clippy-preview", RustPackages.Host);

    /// <summary>Each operation that changes a store.</summary>
    internal static IReadOnlyList<EnumeratedOperation> All { get; } =
    [
        new("create", static _ => { }) { IsFirst = true },
        new("install", static store => Follow(store, Official("beta"))),
        new("install first", static store => Follow(store, Nightly)) { IsFirst = true },
        new("install under another name", static store => Follow(store, Official("1.91.0"))),
        new("install of a release in one archive", static store => Follow(store, Official(ReleaseServers.InOneArchive))),
        new("update", static store => Follow(store, Nightly)),
        new("component add", static store => store.ChangeComponents(new ComponentRequest(Nightly, [Sources], []))),
        new("target add", static store => store.ChangeComponents(
            new ComponentRequest(Nightly, [new Component("rust-std", RustPackages.OtherTarget)], []))),
        new("component remove", static store => store.ChangeComponents(new ComponentRequest(Nightly, [], [Clippy]))),
        new("uninstall", static store => store.Uninstall(Nightly)),
        new("uninstall that stops what runs", static store =>
        {
            store.Uninstall(Nightly);
            store.StopOvertaken([Nightly.Text]);
        }),
        new("link", static store => store.Link(Mine, LinkedPath)),
        new("link elsewhere", static store => store.Link(Mine, "/other")) { Arrange = Link },
        new("uninstall of a link", static store => store.Uninstall(Mine)) { Arrange = Link },
        new("uninstall of somebody else's link", static store => store.Uninstall(Mine)) { Arrange = LinkAsAnotherProgram },
        new("adopt", static store => store.Adopt(Foreign)) { Arrange = InstallWithAnotherRustup },
        new("rollback", static store => store.RollBack(Nightly, Oldest(store))),
        new("keep", static store => store.Keep(Nightly, null, "good")),
        new("undo of an update", Undo),
        new("undo of an install", Undo) { Arrange = static world => Prepare(world, InstallBeta) },
        new("undo of an uninstall", Undo) { Arrange = static world => Prepare(world, static store => store.Uninstall(Nightly)) },
        new("undo of a link", Undo) { Arrange = Link },
        new("undo of a link elsewhere", Undo)
        {
            Arrange = static world => Prepare(
                world, static store => store.Link(Mine, LinkedPath), static store => store.Link(Mine, "/other")),
        },
        new("default", static store => store.SetSetting(SettingKeys.DefaultToolchain, Nightly.Text)),
        new("default first", static store => store.SetSetting(SettingKeys.DefaultToolchain, Nightly.Text)) { IsFirst = true },
        new("override set", static store => store.SetOverride(ProjectPath, Nightly.Text)),
        new("override unset", static store => store.RemoveOverrides(["/elsewhere"])),
        new("import of an edited settings.toml", static _ => { }) { Arrange = EditSettings, IsRecovery = true },
        new("conversion to a rollback journal", static store => store.ConvertJournal(JournalMode.Rollback)),
        new("conversion to a write-ahead log", static store => store.ConvertJournal(JournalMode.WriteAheadLog))
        {
            Arrange = static world => Prepare(world, static store => store.ConvertJournal(JournalMode.Rollback)),
        },
        new("install with deferred docs", static store => Follow(store, Beta)) { Arrange = static world => Prepare(world, DeferDocumentation) },
        new("deferred docs unpacked", static store => store.Unpack(store.ListWaiting()))
        {
            Arrange = static world => Prepare(world, DeferDocumentation, InstallBeta),
        },
        new("irregular deferred docs unpacked", static store => store.Unpack(store.ListWaiting()))
        {
            Arrange = static world => Prepare(
                world, DeferDocumentation, static store => Follow(store, Official(ReleaseServers.WithIrregularDocumentation))),
        },
        new("install that unpacks deferred docs", static store => Follow(store, Official("beta-2026-01-03")))
        {
            Arrange = static world => Prepare(world, DeferDocumentation, InstallBeta, UnpackWithEverythingElse),
        },
        new("repair", Repair)
        {
            Arrange = Damage, IsRepair = true, HasFewFiles = true,
        },
        new("gc of deferred docs", static store => store.Collect(Contents.Everything))
        {
            Arrange = static world => Prepare(world, DeferDocumentation, InstallBeta, static store => store.Uninstall(Beta)),
        },
        new("gc", static store => store.Collect(Contents.Everything)) { Arrange = RetireAndUninstall },
        new("gc as usual", static store => store.Collect(new CollectionOptions())) { Arrange = RetireAndUninstall },
        new("gc of an image's layer", static store => store.Collect(Contents.Everything)) { Arrange = OfImage(RetireAndUninstall) },
        new("adopt of an image's layer", static store => store.Adopt(Foreign))
        {
            Arrange = OfImage(InstallWithAnotherRustup), HasFewFiles = true,
        },
    ];

    internal static void Follow(LocalStore store, ToolchainName.Official name) =>
        store.Follow(new FollowRequest { Name = name, Profile = Profile.Default });

    internal static ToolchainName.Official Official(string text) =>
        RequestedToolchain.ParseOfficial(text).Resolve(RustPackages.Host);

    private static Action<World> OfImage(Action<World> arrange) => world =>
    {
        arrange(world);
        world.Disk.BecomeLowerLayer();
    };

    private static string Oldest(LocalStore store) =>
        store.ListGenerations(Nightly).Last(generation => !generation.IsCollected).Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Once: who does it again after it happened would undo that.</summary>
    private static void Undo(LocalStore store)
    {
        if (store.ListOperations(int.MaxValue).All(operation => operation.Kind != "undo"))
        {
            store.Undo(null);
        }
    }

    /// <summary>What it could not repair it returns; here that is an error, as it is for whoever gave the command.</summary>
    private static void Repair(LocalStore store)
    {
        var reasons = store.Repair(store.Verify(readsContents: true));
        if (reasons.Count > 0)
        {
            throw new StoreException(StoreErrorKind.Corrupt, string.Join('\n', reasons.Values));
        }
    }

    private static void DeferDocumentation(LocalStore store) => store.SetSetting(SettingKeys.Documentation, "on-demand");

    private static void UnpackWithEverythingElse(LocalStore store) => store.SetSetting(SettingKeys.Documentation, "eager");

    private static void InstallBeta(LocalStore store) => Follow(store, Beta);

    private static void Link(World world) => Prepare(world, static store => store.Link(Mine, LinkedPath));

    private static void Prepare(World world, params IReadOnlyList<Action<LocalStore>> commands)
    {
        var process = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        foreach (var command in commands)
        {
            using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
            command(store);
        }
        world.Disk.SyncAll();
    }

    private static void LinkAsAnotherProgram(World world)
    {
        var process = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        process.Machine.Files.CreateSymbolicLink(world.Layout.ToolchainView(Mine.Text), LinkedPath, isDirectory: true);
        world.Disk.SyncAll();
    }

    private static void InstallWithAnotherRustup(World world)
    {
        var process = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
        {
            ForeignToolchain.Write(process.Machine.Files, store, Nightly, world.Layout, Foreign);
            process.Machine.Files.WriteNew(
                Path.Combine(world.Layout.ToolchainView(Foreign.Text), "bin", "mine"), "mine"u8, FileSystemExtensions.OrdinaryFile);
        }
        world.Disk.SyncAll();
    }

    private static void EditSettings(World world)
    {
        var file = world.Disk.Find(world.Layout.SettingsFile, followsLast: true)
            ?? throw new InvalidOperationException("the world has settings");
        file.Content.SetLength(0);
        file.Content.Write("version = \"12\"\nprofile = \"minimal\"\n\n[overrides]\n\"/edited\" = \"stable\"\n"u8, 0);
        world.Disk.NoteWritten(file);
        world.Disk.SyncAll();
    }

    /// <summary>A byte of a component, and a file that a tree has for itself.</summary>
    private static void Damage(World world)
    {
        var process = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
        {
            var tree = world.Layout.Tree(store.ReadBase(Nightly).TreeId!);
            process.Machine.Files.DeleteFile(Path.Combine(tree, "lib", "rustlib", "components"));
            var cargo = world.Disk.Find(Path.Combine(tree, "bin", "cargo"), followsLast: true)
                ?? throw new InvalidOperationException("nightly has cargo");
            cargo.Content.Write("?"u8, 0);
            world.Disk.NoteWritten(cargo);
        }
        world.Disk.SyncAll();
    }

    private static void RetireAndUninstall(World world)
    {
        var process = new SimulatedProcess(world, 2, new SoloDirector(plan: null));
        using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
        store.Uninstall(Stable);
    }
}
