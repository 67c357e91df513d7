using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>Where the tools of a toolchain are.</summary>
public abstract record ToolchainLocation
{
    private ToolchainLocation()
    {
    }

    /// <summary>What processes are given: executed from, library paths.</summary>
    public abstract string SysrootPath { get; }

    /// <summary>A tree of the store.</summary>
    public sealed record Stored(string Name, string TreeId, string TreePath) : ToolchainLocation
    {
        public override string SysrootPath => TreePath;
    }

    /// <summary>A directory that somebody else owns: a linked, foreign or path toolchain.</summary>
    public sealed record Elsewhere(string Path) : ToolchainLocation
    {
        public override string SysrootPath => Path;
    }

    /// <summary>Finds a name: what the journal says, else an entry of toolchains/ that it does not name.</summary>
    /// <returns>Null if there is no such toolchain.</returns>
    public static ToolchainLocation? Find(IFileSystem files, StoreLayout layout, NamedToolchain? named, string name)
    {
        if (named is { TreeId: { } treeId })
        {
            return new Stored(name, treeId, layout.Tree(treeId));
        }
        if (named is { LinkedPath: { } path })
        {
            return new Elsewhere(path);
        }
        return FindForeign(files, layout, name);
    }

    /// <summary>An entry of toolchains/ that another program made: anything but a plain file, and no leftover of ours.</summary>
    public static ToolchainLocation? FindForeign(IFileSystem files, StoreLayout layout, string name)
    {
        var path = layout.ToolchainView(name);
        return files.Status(path) switch
        {
            null or { Kind: FileKind.File or FileKind.Other } => null,
            { Kind: FileKind.SymbolicLink } when layout.IsViewTarget(files.ReadLink(path)) => null,
            _ => new Elsewhere(path),
        };
    }
}
