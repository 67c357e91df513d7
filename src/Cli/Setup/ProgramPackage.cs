using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>The files of one version of this program, wherever they come from.</summary>
internal sealed record ProgramPackage(string Version, IReadOnlyList<ProgramFile> Files)
{
    private const int FingerprintLength = 12;

    /// <summary>What this process was started from: one installer file, or a directory that <c>build.sh</c> published.</summary>
    internal static ProgramPackage OfThisProcess(Machine machine) =>
        Environment.ProcessPath is { } path && InstallerFile.TryOpen(machine, path) is { } installer
            ? installer.ReadPackage()
            : OfDirectory(machine, AppContext.BaseDirectory);

    /// <summary>Whether this program is a .NET one, whose executable is only its start.</summary>
    internal static bool NeedsRuntime(Machine machine) =>
        machine.Files.Exists(Path.Combine(AppContext.BaseDirectory, "rustup.dll"));

    /// <summary>Everything that was published, but not the program's other names nor debug information.</summary>
    private static ProgramPackage OfDirectory(Machine machine, string directory)
    {
        // Somebody copied one program out of its directory: what lies beside it there is none of ours.
        if (!machine.Files.Exists(Path.Combine(directory, InstalledPrograms.ProxyName)))
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{directory}' lacks '{InstalledPrograms.ProxyName}', which belongs beside this program"
                + "\nhelp: run it where it was published, or use the installer of a release");
        }
        var files = machine.Files.List(directory)
            .Where(entry => entry.Kind == FileKind.File
                && Path.GetExtension(entry.Name) is not (".dbg" or ".pdb")
                && !entry.Name.StartsWith("rustup-init", StringComparison.Ordinal))
            .Select(entry => new ProgramFile(entry.Name, machine.Files.ReadAll(Path.Combine(directory, entry.Name))));
        return new ProgramPackage(ProgramVersion.Release, [.. files]);
    }

    /// <summary>The name of the directory that holds these bytes and no others.</summary>
    internal string DirectoryName
    {
        get
        {
            using var hasher = new DigestHasher();
            foreach (var file in Files.OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                hasher.Append(file.Content);
            }
            return $"{Version}-{hasher.Finish().Hex[..FingerprintLength]}";
        }
    }
}

/// <summary>One file of a version.</summary>
internal sealed record ProgramFile(string Name, byte[] Content);
