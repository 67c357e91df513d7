using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// The executables below <c>$CARGO_HOME/bin</c>. Invariants: a version directory is complete when it appears and never
/// changes after; every tool name is a link through <c>.rustup/current</c>; updating is a new directory and one moved link.
/// <code>
/// bin/.rustup/VERSION/   rustup, rustup-proxy, the SQLite library
/// bin/.rustup/current    link to one VERSION
/// bin/rustup             link to .rustup/current/rustup
/// bin/rustc, cargo, …    links to .rustup/current/rustup-proxy
/// </code>
/// </summary>
internal sealed class InstalledPrograms(Machine machine, UserHomes homes, Reporter reporter)
{
    private const string CurrentName = "current";
    private const string StagingPrefix = "+";
    private static readonly TimeSpan StagingMemory = TimeSpan.FromDays(1);
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    // These names may belong to a tool that was installed by cargo itself.
    private static readonly string[] MayBelongToOthers = ["rust-analyzer", "rustfmt", "cargo-fmt"];

    private string Versions => Path.Combine(homes.CargoBin, ".rustup");

    /// <summary>Puts this program's executables in place; any number of processes may do so at once.</summary>
    /// <remarks>Crash: every name leads to the old or the new program, both complete; a stray staging directory.</remarks>
    internal void Install(string sourceDirectory)
    {
        machine.Files.CreateDirectories(Versions);
        SweepStaging();
        var version = Publish(sourceDirectory);
        machine.Files.ReplaceSymbolicLink(
            Path.Combine(Versions, CurrentName), version, isDirectory: true,
            Path.Combine(Versions, StagingPrefix + machine.NewId()));
        Link("rustup", "rustup");
        foreach (var tool in ToolComponents.ProxyNames)
        {
            if (MayBelongToOthers.Contains(tool) && BelongsToOthers(tool))
            {
                reporter.Warn(
                    $"tool `{tool}` is already installed, remove it from `{homes.CargoBin}`, then run `rustup update` to have rustup manage this tool.");
                continue;
            }
            Link(tool, "rustup-proxy");
        }
    }

    /// <summary>Copies the programs into a new version directory, unless the same bytes are there already.</summary>
    private string Publish(string sourceDirectory)
    {
        var files = machine.Files.List(sourceDirectory)
            .Where(entry => IsPartOfProgram(Path.Combine(sourceDirectory, entry.Name)))
            .Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        var name = $"{ProgramVersion.Text}-{Fingerprint(sourceDirectory, files)}";
        var directory = Path.Combine(Versions, name);
        if (machine.Files.Exists(directory))
        {
            return name;
        }
        using var volume = machine.Files.OpenVolume(Versions);
        var staging = Path.Combine(Versions, StagingPrefix + machine.NewId());
        machine.Files.CreateDirectory(staging);
        foreach (var file in files)
        {
            machine.Files.CopyFile(Path.Combine(sourceDirectory, file), Path.Combine(staging, file), Executable);
        }
        volume.Sync();
        try
        {
            machine.Files.Rename(staging, directory);
        }
        catch (FileSystemException refused) when (refused.Error is FileSystemError.NotEmpty or FileSystemError.Exists)
        {
            // Another installer published the same bytes in the meantime.
            machine.Files.DeleteTree(staging);
        }
        machine.Files.SyncDirectory(Versions);
        return name;
    }

    private string Fingerprint(string directory, IReadOnlyList<string> files)
    {
        const int Length = 12;
        using var hasher = new DigestHasher();
        foreach (var file in files)
        {
            hasher.Append(machine.Files.ReadAll(Path.Combine(directory, file)));
        }
        return hasher.Finish().Hex[..Length];
    }

    /// <summary>Everything that was published beside this program, but not its other names nor debug information.</summary>
    private bool IsPartOfProgram(string path) =>
        machine.Files.Status(path) is { Kind: FileKind.File }
        && Path.GetExtension(path) is not (".dbg" or ".pdb")
        && !Path.GetFileName(path).StartsWith("rustup-init", StringComparison.Ordinal);

    private void Link(string name, string program)
    {
        var path = Path.Combine(homes.CargoBin, name + Suffix);
        var target = Path.Combine(".rustup", CurrentName, program + Suffix);
        if (machine.Files.ReadLink(path) != target)
        {
            machine.Files.ReplaceSymbolicLink(
                path, target, isDirectory: false, Path.Combine(homes.CargoBin, StagingPrefix + machine.NewId()));
        }
    }

    private bool BelongsToOthers(string tool)
    {
        var path = Path.Combine(homes.CargoBin, tool + Suffix);
        return machine.Files.Status(path) is { } status
            && status.Kind != FileKind.SymbolicLink
            && status.Identity != machine.Files.TargetStatus(Path.Combine(homes.CargoBin, "rustup" + Suffix))?.Identity
            && status.Identity != machine.Files.TargetStatus(Path.Combine(homes.CargoBin, "rustc" + Suffix))?.Identity;
    }

    private void SweepStaging()
    {
        var horizon = machine.Clock.GetUtcNow().Subtract(StagingMemory).ToUnixTimeMilliseconds() * 1_000_000;
        foreach (var entry in machine.Files.List(Versions))
        {
            var path = Path.Combine(Versions, entry.Name);
            if (entry.Name.StartsWith(StagingPrefix, StringComparison.Ordinal)
                && machine.Files.Status(path)?.ChangedNanoseconds < horizon)
            {
                machine.Files.DeleteTree(path);
            }
        }
    }
}
