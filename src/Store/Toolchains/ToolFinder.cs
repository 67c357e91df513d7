using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>An executable to become.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Fallback">The other toolchain that it is borrowed from; its tree needs a lease too.</param>
public sealed record FoundTool(string Path, ToolchainLocation.Stored? Fallback);

/// <summary>Finds the executable of a tool in a toolchain, or says why there is none and what to do.</summary>
public sealed class ToolFinder(
    IFileSystem files, StoreLayout layout, SelectionFacts facts, SelectionQuery? query, Reporter reporter)
{
    private const string Cargo = "cargo";
    private const string RustAnalyzer = "rust-analyzer";

    /// <param name="tool">The tool's name without directory and suffix.</param>
    /// <param name="toolchain">Whose tool it is, for messages.</param>
    /// <param name="location">Where that toolchain is.</param>
    public FoundTool Find(string tool, ToolchainReference toolchain, ToolchainLocation location)
    {
        if (TryFind(tool, location) is { } path)
        {
            return new FoundTool(path, Fallback: null);
        }
        if (FindFallback(tool, toolchain) is { } found)
        {
            var shown = found.Fallback is { } tree
                ? Path.Combine(layout.ToolchainView(tree.Name), "bin", tool)
                : found.Path;
            reporter.Info($"`{tool}` is unavailable for the active toolchain");
            reporter.Info($"falling back to \"{shown}\"");
            return found;
        }
        throw Missing(tool, toolchain, location);
    }

    /// <summary>Where a toolchain has a tool, if it has it.</summary>
    public static string PathOf(string tool, ToolchainLocation location) =>
        Path.Combine(location.SysrootPath, "bin", tool + (OperatingSystem.IsWindows() ? ".exe" : ""));

    private string? TryFind(string tool, ToolchainLocation location)
    {
        var path = PathOf(tool, location);
        return files.IsFile(path) ? path : null;
    }

    /// <summary>The error for a tool that a toolchain does not have.</summary>
    private StoreException Missing(string tool, ToolchainReference toolchain, ToolchainLocation location)
    {
        if (location is ToolchainLocation.Stored stored && !files.IsDirectory(stored.SysrootPath))
        {
            return TreeHolder.NotHeld(files, $"toolchain '{toolchain.Text}'", stored);
        }
        if (toolchain is not ToolchainReference.Named { Name: ToolchainName.Official name })
        {
            return new StoreException(
                StoreErrorKind.NotFound,
                $"'{tool}' is not installed for the custom toolchain '{toolchain.Text}'."
                + "\nnote: this is a custom toolchain, which cannot use `rustup component add`"
                + "\nhelp: if you built this toolchain from source, and used `rustup toolchain link`, then you may be able to build the component with `x.py`");
        }
        var installed = location is ToolchainLocation.Stored tree ? query?.ListComponentsOf(tree.TreeId) : null;
        if (installed?.Any(present => new Component(present.Package, present.Target).IsWholeRelease) == true)
        {
            return WholeRelease.HasNoComponents(name.Text);
        }
        if (ToolComponents.FindComponent(tool) is not { } component)
        {
            return new StoreException(
                StoreErrorKind.NotFound, $"Unknown binary '{tool}' in official toolchain '{name.Text}'.");
        }
        var offered = query?.FindManifestOf(name.Text) is { } manifest
            ? query.FindOfferedPackage(manifest, name.Host, component)
            : null;
        var isInstalled = installed?.Any(present => present.Package == offered) == true;
        if (isInstalled || location is ToolchainLocation.Elsewhere)
        {
            return new StoreException(
                StoreErrorKind.NotFound,
                $"the '{tool}' binary, normally provided by the '{component}' component, is not applicable to the '{name.Text}' toolchain"
                + (location is ToolchainLocation.Stored ? "\nhelp: if its file was deleted, `rustup store verify --repair` brings it back" : ""));
        }
        var selector = IsDefault(name) ? "" : $"--toolchain {name.Text} ";
        return offered is null
            ? new StoreException(
                StoreErrorKind.NotFound,
                $"the '{component}' component which provides the command '{tool}' is not available for the '{name.Text}' toolchain")
            : new StoreException(
                StoreErrorKind.NotFound,
                $"'{tool}' is not installed for the toolchain '{name.Text}'."
                + $"\nhelp: run `rustup component add {selector}{component}` to install it");
    }

    private bool IsDefault(ToolchainName.Official name) =>
        facts.FindDefaultToolchain() is { } text
        && PartialToolchainName.TryParse(text)?.Resolve(facts.DefaultHost).Text == name.Text;

    private FoundTool? FindFallback(string tool, ToolchainReference toolchain)
    {
        var isOfficial = toolchain is ToolchainReference.Named { Name: ToolchainName.Official };
        return tool switch
        {
            Cargo when !isOfficial => FindFallbackCargo(),
            RustAnalyzer when FindOnPath(RustAnalyzer) is { } path => new FoundTool(path, Fallback: null),
            _ => null,
        };
    }

    /// <summary>A linked toolchain need not have a cargo: the newest official one serves.</summary>
    private FoundTool? FindFallbackCargo() => new[] { "nightly", "beta", "stable" }
        .Select(channel => facts.Locate($"{channel}-{facts.DefaultHost}"))
        .OfType<ToolchainLocation>()
        .Select(location => TryFind(Cargo, location) is { } path
            ? new FoundTool(path, location as ToolchainLocation.Stored)
            : null)
        .FirstOrDefault(found => found is not null);

    private string? FindOnPath(string tool)
    {
        var self = Environment.ProcessPath is { } path ? files.TargetStatus(path)?.Identity : null;
        return files.FindOnPath(tool).FirstOrDefault(candidate => files.TargetStatus(candidate)?.Identity != self);
    }
}
