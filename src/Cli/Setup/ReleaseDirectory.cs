using System.Text;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// The files of a release server, as RUSTUP_UPDATE_ROOT names them. An installer is in place before
/// <c>release-stable.toml</c> announces it.
/// </summary>
internal sealed class ReleaseDirectory(Machine machine, string root)
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    internal void Add(ProgramPackage package)
    {
        var host = HostTriple.OfThisProgram();
        var installer = InstallerFile.Format(package);
        Write(Path.Combine(root, "archive", package.Version, host), installer);
        Write(Path.Combine(root, "dist", host), installer);
        Replace(
            Path.Combine(root, "release-stable.toml"),
            Encoding.UTF8.GetBytes($"schema-version = '1'\nversion = '{package.Version}'\n"),
            FileSystemExtensions.OrdinaryFile);
    }

    private void Write(string directory, byte[] installer)
    {
        var name = OperatingSystem.IsWindows() ? "rustup-init.exe" : "rustup-init";
        var digest = Encoding.UTF8.GetBytes($"{DigestHasher.Compute(installer)}  {name}\n");
        machine.Files.CreateDirectories(directory);
        Replace(Path.Combine(directory, name), installer, Executable);
        Replace(Path.Combine(directory, name + ".sha256"), digest, FileSystemExtensions.OrdinaryFile);
    }

    private void Replace(string path, byte[] content, UnixFileMode mode)
    {
        var temporary = FileSystemExtensions.TemporaryPath(path, machine.NewId());
        machine.Files.WriteNew(temporary, content, mode);
        machine.Files.Rename(temporary, path);
    }
}
