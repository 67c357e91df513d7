using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A toolchain that lists show: one of the store, a linked one, or one that another program put there.</summary>
/// <param name="Name">Its parsed name.</param>
/// <param name="Location">Where its tools are.</param>
/// <param name="ShownPath">What people and scripts are shown: the path below toolchains/, or where a link leads.</param>
public sealed record InstalledToolchain(ToolchainName Name, ToolchainLocation Location, string ShownPath)
{
    /// <summary>Whether its components are the store's to change.</summary>
    public bool IsStored => Location is ToolchainLocation.Stored;
}

/// <summary>What names there are, in the journal and beside it.</summary>
public sealed class ToolchainCatalog(IFileSystem files, StoreLayout layout, JournalDatabase journal)
{
    /// <summary>In rustup's order: stable, beta, nightly, versions, then custom names.</summary>
    public IReadOnlyList<InstalledToolchain> List()
    {
        var rows = journal.LookUp(query => query.ListToolchains());
        var names = rows.Select(row => row.Name)
            .Concat(files.List(layout.ToolchainViews)
                .Where(entry => entry.Kind is FileKind.Directory or FileKind.SymbolicLink)
                .Select(entry => entry.Name))
            .Distinct(StringComparer.Ordinal);
        var byName = rows.ToDictionary(row => row.Name, StringComparer.Ordinal);
        return
        [
            .. names.Select(name => Describe(name, byName.GetValueOrDefault(name)))
                .OfType<InstalledToolchain>()
                .OrderBy(toolchain => toolchain.Name),
        ];
    }

    /// <summary>Null if there is no toolchain of that name.</summary>
    public InstalledToolchain? Find(ToolchainName name) =>
        Describe(name.Text, journal.LookUp(query => query.FindToolchain(name.Text)));

    private InstalledToolchain? Describe(string text, NamedToolchain? row)
    {
        if (ToolchainName.TryParse(text) is not { } name
            || ToolchainLocation.Find(files, layout, row, text) is not { } location)
        {
            return null;
        }
        var view = layout.ToolchainView(text);
        var shown = location is ToolchainLocation.Stored ? view : row?.LinkedPath ?? files.ReadLink(view) ?? view;
        return new InstalledToolchain(name, location, shown);
    }
}
