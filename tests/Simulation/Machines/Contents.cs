using System.Text;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>What a store holds, in the terms of its users; and whether everything about it is as it must be.</summary>
internal static class Contents
{
    internal static readonly CollectionOptions Everything = new() { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 };

    internal static StoreOptions OptionsOf(SimulatedProcess process, Reporter? reporter = null) => new()
    {
        RustupHome = World.HomePath,
        CommandLine = "rustup simulated",
        DetectedHost = RustPackages.Host,
        Machine = process.Machine,
        Reporter = reporter ?? Reporter.Silent,
        ServerRoot = ReleaseServer.Url,
        Workers = 1,
    };

    /// <summary>Names with release date and components, settings, overrides: one line each.</summary>
    internal static string Describe(SimulatedProcess process, StoreLayout layout)
    {
        using var journal = JournalDatabase.TryOpenForReading(process.Machine, layout, JournalPatience.Default);
        if (journal is null)
        {
            return "";
        }
        return journal.Read(session =>
        {
            var text = new StringBuilder();
            foreach (var toolchain in session.Toolchains.List())
            {
                text.Append("toolchain ").Append(toolchain.Name).Append(' ')
                    .Append(toolchain.LinkedPath ?? session.Manifests.FindDate(toolchain.ManifestDigest!))
                    .Append(':');
                foreach (var component in session.Trees.ListParts(toolchain.TreeId ?? ""))
                {
                    text.Append(' ').Append(component.Package).Append('@').Append(component.Target)
                        .Append(component.IsDeferred ? " (waits)" : "");
                }
                foreach (var kept in session.Generations.ListOf(toolchain.Name).Where(generation => generation.KeptAs is not null))
                {
                    text.Append(", ").Append(kept.GenerationId).Append(" kept as ").Append(kept.KeptAs);
                }
                text.Append('\n');
            }
            foreach (var path in ListForeign(process.World, session))
            {
                text.Append("foreign ").Append(path).Append('\n');
            }
            foreach (var setting in session.Settings.List().OrderBy(row => row.Key, StringComparer.Ordinal))
            {
                text.Append("setting ").Append(setting.Key).Append(' ').Append(setting.Value).Append('\n');
            }
            foreach (var row in session.Overrides.List().OrderBy(row => row.Path, StringComparer.Ordinal))
            {
                text.Append("override ").Append(row.Path).Append(' ').Append(row.Toolchain).Append('\n');
            }
            // The mode that a store is made with says nothing: there may be one without a toolchain.
            return session.Store.Find(StoreTable.Mode) is { } mode && mode != JournalModeText.Log
                ? text.Append("journal ").Append(mode).Append('\n').ToString()
                : text.ToString();
        });
    }

    /// <summary>Everything that does not hold of a store that a command has just opened for writing.</summary>
    internal static IEnumerable<string> FindFaults(LocalStore store, World world, bool mayBeDamaged = false)
    {
        foreach (var finding in store.Verify(readsContents: true).Where(finding => finding.IsProblem && !mayBeDamaged))
        {
            yield return $"{finding.Subject}: {finding.Problem}";
        }
        var status = store.ReadStatus();
        foreach (var operation in status.Operations)
        {
            yield return $"an operation never ends: {operation.Describe()}";
        }
        foreach (var download in status.Downloads)
        {
            yield return $"a download is in flight of no operation: {download.Row.Url}";
        }
        foreach (var leftover in ListEntries(world, world.Layout.Staging)
            .Concat(ListEntries(world, world.Layout.Operations).Where(path => !LockFile.IsPrivate(path))))
        {
            yield return $"left behind: {leftover}";
        }
        if (world.Disk.Find(world.Layout.SettingsFile, followsLast: true) is { } file
            && Encoding.UTF8.GetString(file.Content.Span) is var text
            && text != SettingsFile.Format(store.ReadSettings()))
        {
            yield return $"settings.toml is not what the journal says: {text}";
        }
    }

    /// <summary>What is in the store's folders after a collection of everything, and no row names it.</summary>
    internal static IEnumerable<string> FindLeaks(SimulatedProcess process, World world)
    {
        using var journal = JournalDatabase.TryOpenForReading(process.Machine, world.Layout, JournalPatience.Default);
        var components = journal!.Read(session => session.Components.List()).Select(row => world.Layout.Component(row.ComponentId));
        var trees = journal.Read(session => session.Trees.List()).Select(row => world.Layout.Tree(row.TreeId));
        var kept = journal.Read(session => session.Deferred.List()).Select(row => world.Layout.Archive(Digest.Parse(row.ArchiveDigest)));
        string[] folders =
        [
            world.Layout.Components, world.Layout.Trees, world.Layout.Downloads, world.Layout.Operations,
            world.Layout.Staging, world.Layout.Trash,
        ];
        return folders.SelectMany(folder => ListEntries(world, folder)).Except(components.Concat(trees).Concat(kept))
            .Concat(ListStrays(world)).Select(path => $"leaked: {path}");
    }

    /// <summary>
    /// Links of ours that do not lead where the journal says, or do not belong there. There is none once a command has
    /// reported success, or a writer has opened the store after whatever happened.
    /// </summary>
    internal static IEnumerable<string> FindWrongViews(SimulatedProcess process, World world)
    {
        using var journal = JournalDatabase.TryOpenForReading(process.Machine, world.Layout, JournalPatience.Default);
        var wanted = journal?.Read(session => session.Toolchains.List()) ?? [];
        var named = wanted.Select(row => world.Layout.ToolchainView(row.Name)).ToHashSet();
        var links = ListEntries(world, world.Layout.ToolchainViews)
            .Select(path => (path, world.Disk.Find(path, followsLast: false)?.Target))
            .Where(link => named.Contains(link.path) || world.Layout.IsViewTarget(link.Target))
            .ToHashSet();
        links.SymmetricExceptWith(wanted.Select(row => (
            world.Layout.ToolchainView(row.Name), row.LinkedPath ?? world.Layout.ViewTarget(row.TreeId!, areViewsElsewhere: false)))!);
        return links.Select(link => $"toolchains/ and the journal differ in {link.path} to {link.Target}");
    }

    /// <summary>What no row names, links out of the store and directories with their files: somebody else's toolchains, which run as well.</summary>
    private static IEnumerable<string> ListForeign(World world, JournalSession session) =>
        ListEntries(world, world.Layout.ToolchainViews)
            .Where(path => path != world.Layout.ToolchainViewBeingMade && session.Toolchains.Find(Path.GetFileName(path)) is null)
            .Select(path => (path, Entry: world.Disk.Find(path, followsLast: false)))
            .Where(found => found.Entry is { Kind: FileKind.Directory }
                || (found.Entry is { Kind: FileKind.SymbolicLink } link && link.Target.StartsWith('/')))
            .Select(found => found.Entry!.Kind == FileKind.Directory ? $"{found.path}, {CountFiles(found.Entry)} files" : found.path);

    private static int CountFiles(Inode directory) =>
        directory.Entries.Values.Sum(entry => entry.Kind == FileKind.Directory ? CountFiles(entry) : 1);

    private static IEnumerable<string> ListEntries(World world, string folder) =>
        world.Disk.Find(folder, followsLast: true)?.Entries.Keys.Select(name => Path.Combine(folder, name)) ?? [];

    // Temporary names beside the views.
    private static IEnumerable<string> ListStrays(World world) =>
        ListEntries(world, world.Layout.ToolchainViews).Where(path => Path.GetFileName(path).StartsWith('+'))
            .Concat(ListEntries(world, World.HomePath).Where(path => path.EndsWith(".new", StringComparison.Ordinal)));
}
