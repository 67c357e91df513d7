using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>Runs one command as a process of its own, with the product's code, and reports as the command line would.</summary>
internal sealed class CommandRunner(World world, Scheduler scheduler, Random random)
{
    private const int ToolPausesMax = 6;

    internal string Run(SimulatedProcess process, Command command)
    {
        switch (command.Kind)
        {
            case CommandKind.RunTool:
                return RunTool(process, command.Subject);
            case CommandKind.ReadAll:
                return Read(process, command.Subject);
        }
        using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
        if (command.Kind == CommandKind.ReadDocumentation)
        {
            return ReadDocumentation(store, Official(command.Subject));
        }
        try
        {
            return Change(process, store, command);
        }
        catch (StoreException refused) when (refused.Kind == StoreErrorKind.NotFound && refused.Message.Contains("is not installed", StringComparison.Ordinal))
        {
            return "not installed";
        }
    }

    private string Change(SimulatedProcess process, LocalStore store, Command command)
    {
        switch (command.Kind)
        {
            case CommandKind.Install or CommandKind.Update:
                var outcome = store.Follow(new FollowRequest
                {
                    Name = Official(command.Subject),
                    Profile = Profile.Minimal,
                    MayCreate = command.Kind == CommandKind.Install,
                });
                return outcome switch
                {
                    InstallOutcome.Installed => "installed",
                    InstallOutcome.Updated => "updated",
                    _ => "unchanged",
                };
            case CommandKind.AddComponent:
                return store.ChangeComponents(new ComponentRequest(
                    Official(command.Subject), [ComponentOf(command.Argument)], [])) ? "changed" : "same";
            case CommandKind.RemoveComponent:
                return store.ChangeComponents(new ComponentRequest(
                    Official(command.Subject), [], [ComponentOf(command.Argument)])) ? "changed" : "same";
            case CommandKind.Uninstall:
                return store.Uninstall(NameOf(command.Subject)) ? "removed" : "absent";
            case CommandKind.RollBack:
                return RollBack(store, Official(command.Subject));
            case CommandKind.Undo:
                return Undo(process, store, Official(command.Subject));
            case CommandKind.Adopt:
                return store.Adopt(Official(command.Subject)) is null ? "nothing to adopt" : "adopted";
            case CommandKind.Link:
                store.Link((ToolchainName.Custom)NameOf(command.Subject), command.Argument);
                return "set";
            case CommandKind.SetDefault:
                store.SetSetting(SettingKeys.DefaultToolchain, command.Argument);
                return "set";
            case CommandKind.SetOverride:
                store.SetOverride(command.Subject, command.Argument);
                return "set";
            case CommandKind.UnsetOverride:
                return store.RemoveOverrides([command.Subject]).Count == 1 ? "removed" : "absent";
            default:
                store.Collect(command.Argument == "everything" ? Contents.Everything : new CollectionOptions());
                return "collected";
        }
    }

    private static string RollBack(LocalStore store, ToolchainName name)
    {
        try
        {
            return DescribeDay(store.RollBack(name, null).Current);
        }
        catch (StoreException nothing) when (nothing.Message.Contains("generation", StringComparison.Ordinal))
        {
            return "refused";
        }
    }

    /// <summary>Of the last operation that moved the name, as it stood when this command looked.</summary>
    private string Undo(SimulatedProcess process, LocalStore store, ToolchainName name)
    {
        if (FindLastMove(process, name) is not { } operation)
        {
            return "refused";
        }
        try
        {
            var restored = store.Undo(operation).Names.Single();
            return restored.Current is { } generation ? DescribeDay(generation) : SequentialStore.Absent;
        }
        catch (StoreException refused) when (refused.Kind is StoreErrorKind.Usage or StoreErrorKind.NotFound)
        {
            return "refused";
        }
    }

    private string? FindLastMove(SimulatedProcess process, ToolchainName name)
    {
        using var journal = JournalDatabase.TryOpenForReading(process.Machine, world.Layout, JournalPatience.Default);
        return journal!.Read(session => session.Moves.ListOf(name.Text)) is [.., var last] ? last.OperationId : null;
    }

    private static string DescribeDay(Generation generation) =>
        SequentialStore.RestoredDay(generation.ReleaseDate![^1] - '0');

    /// <summary>
    /// As a proxy: look up, lease, look up once more, run. While the tool runs its files stay as they are, and a compiler that it
    /// starts is the one it began with, whatever the name leads to by then.
    /// </summary>
    private string RunTool(SimulatedProcess process, string name)
    {
        var text = Official(name).Text;
        for (var lookup = 0; lookup < TreeHolder.LookupsMax; lookup++)
        {
            using var query = SelectionQuery.TryOpen(process.Machine, world.Layout, JournalPatience.Default);
            if (FactsOf(process, query).Locate(text) is not ToolchainLocation.Stored tree)
            {
                return query is null ? "absent" : ReadForeign(text);
            }
            using var lease = new TreeHolder(process.Machine, world.Layout, query, inherited: null).TryHold(tree);
            if (lease is null)
            {
                continue;
            }
            Require(query!.FindToolchain(text)?.TreeId == tree.TreeId, $"a tool of {text} started after the name had gone elsewhere");
            // Trees do not change, so what this one holds may be asked at any time.
            query.StartNewSnapshot();
            var report = DescribeTree(query, tree.TreeId);
            Work(process, query, tree, lease);
            return report;
        }
        throw new InvalidOperationException($"{name} moved {TreeHolder.LookupsMax} times");
    }

    private void Work(SimulatedProcess process, SelectionQuery query, ToolchainLocation.Stored tree, Lease lease)
    {
        var tool = new RunningTool(process.Id, tree.TreeId);
        // Who runs on another machine or for another user has its lease alone.
        var isSeen = random.Next(2) == 0;
        if (isSeen)
        {
            world.RunningTools.Add(tool);
        }
        try
        {
            var stamp = RequireWhole(tree.TreePath);
            if (isSeen && random.Next(3) == 0)
            {
                // A tool that closes every descriptor drops its lease, and needs its files all the same.
                lease.Dispose();
            }
            for (var pause = random.Next(ToolPausesMax); pause > 0; pause--)
            {
                scheduler.Pause(process);
                Require(RequireWhole(tree.TreePath) == stamp, $"a running tool's {tree.TreePath} changed");
            }
            if (random.Next(2) == 0)
            {
                StartCompiler(process, query, tree, stamp);
            }
        }
        finally
        {
            world.RunningTools.Remove(tool);
        }
    }

    /// <summary>What cargo does: a nested proxy that knows which tree its ancestor runs from.</summary>
    private void StartCompiler(SimulatedProcess process, SelectionQuery query, ToolchainLocation.Stored outer, string stamp)
    {
        query.StartNewSnapshot();
        var pin = new PinnedTree(query.FindStoreCell(StoreTable.Id) ?? "", outer.Name, outer.TreeId);
        for (var lookup = 0; lookup < TreeHolder.LookupsMax; lookup++)
        {
            using var nested = SelectionQuery.TryOpen(process.Machine, world.Layout, JournalPatience.Default);
            var holder = new TreeHolder(process.Machine, world.Layout, nested, pin);
            var current = FactsOf(process, nested).Locate(outer.Name);
            if ((holder.FindPinned("rustc", outer.Name, current) ?? current) is not ToolchainLocation.Stored tree)
            {
                throw new InvalidOperationException($"the compiler of a running build is gone: {outer.Name}");
            }
            using var lease = holder.TryHold(tree);
            if (lease is not null)
            {
                Require(RequireWhole(tree.TreePath) == stamp, $"a build of {stamp} got another compiler");
                return;
            }
        }
        throw new InvalidOperationException($"the compiler of {outer.Name} moved {TreeHolder.LookupsMax} times");
    }

    /// <summary>The stamp of a tree, whose parts must be of one release.</summary>
    private string RequireWhole(string treePath)
    {
        var stamp = TextAt(Path.Combine(treePath, "lib", "stamp"));
        foreach (var tool in new[] { "rustc", "cargo" })
        {
            Require(TextAt(Path.Combine(treePath, "bin", tool)) == $"{tool} {stamp}", $"{treePath}/bin/{tool} is not of {stamp}");
        }
        return stamp;
    }

    private string TextAt(string path) => world.Disk.Find(path, followsLast: true) is { } file
        ? System.Text.Encoding.UTF8.GetString(file.Content.Span)
        : throw new InvalidOperationException($"a running process lost '{path}'");

    /// <summary>
    /// As `rustup doc`: unpack what waits, then read. The page of a tree that is held is of its release; of a tree that was composed for
    /// something else it never comes, and then no name leads there any more.
    /// </summary>
    private string ReadDocumentation(LocalStore store, ToolchainName.Official name)
    {
        if (store.Catalog.Find(name)?.Location is not ToolchainLocation.Stored found)
        {
            return "absent";
        }
        using var held = store.Hold(found);
        if (held?.Location is not ToolchainLocation.Stored tree)
        {
            return "absent";
        }
        store.Unpack(store.ListWaiting());
        var metadata = Path.Combine(tree.TreePath, "lib", "rustlib", $"manifest-rust-docs-{RustPackages.Host}");
        if (world.Disk.Find(metadata, followsLast: false) is null || store.Catalog.Find(name)?.Location != tree)
        {
            return "read";
        }
        var page = TextAt(Path.Combine(tree.TreePath, "share", "doc", "rust", "html", "index.html"));
        Require(page == RequireWhole(tree.TreePath), $"the documentation in {tree.TreePath} is of another release: {page}");
        return "read";
    }

    private string Read(SimulatedProcess process, string subject)
    {
        using var query = SelectionQuery.TryOpen(process.Machine, world.Layout, JournalPatience.Default);
        if (query is null)
        {
            return "absent";
        }
        if (subject.Length == 0)
        {
            return query.FindSetting(SettingKeys.DefaultToolchain) ?? "absent";
        }
        if (subject.StartsWith('/'))
        {
            return query.FindOverride(subject) ?? "absent";
        }
        return query.FindToolchain(NameOf(subject).Text) switch
        {
            { TreeId: { } treeId } => DescribeTree(query, treeId),
            { LinkedPath: { } path } => path,
            _ => ReadForeign(NameOf(subject).Text),
        };
    }

    /// <summary>A toolchain that another rustup left, as long as nobody has adopted or removed it.</summary>
    private string ReadForeign(string name)
    {
        var path = world.Layout.ToolchainView(name);
        return world.Disk.Find(path, followsLast: false) is { Kind: Platform.FileKind.Directory }
            ? SequentialStore.Format(RequireWhole(path)[^1] - '0', [])
            : SequentialStore.Absent;
    }

    private string DescribeTree(SelectionQuery query, string treeId)
    {
        var stamp = TextAt(Path.Combine(world.Layout.Tree(treeId), "lib", "stamp"));
        var extras = query.ListComponentsOf(treeId).Select(component => component.Package)
            .Except(["rustc", "cargo", "rust-std"]);
        return SequentialStore.Format(stamp[^1] - '0', extras);
    }

    private SelectionFacts FactsOf(SimulatedProcess process, SelectionQuery? query) => query is null
        ? new SelectionFacts(_ => null, () => null, RustPackages.Host, _ => null)
        : SelectionFacts.Of(query, process.Machine.Files, world.Layout, () => null, RustPackages.Host);

    private static ToolchainName NameOf(string text) => ToolchainName.TryParse(text) ?? Official(text);

    private static ToolchainName.Official Official(string text) =>
        RequestedToolchain.ParseOfficial(text).Resolve(RustPackages.Host);

    private static Component ComponentOf(string package) =>
        new(package, package == "rust-src" ? null : RustPackages.Host);

    private static void Require(bool condition, string sentence)
    {
        if (!condition)
        {
            throw new InvalidOperationException(sentence);
        }
    }
}
