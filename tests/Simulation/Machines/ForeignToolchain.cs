using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>A toolchain as a plain rustup leaves it: a directory of ordinary files, its metadata, and an update hash.</summary>
internal static class ForeignToolchain
{
    private const string Guard = "toolchain-store";
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = File | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Writes what a toolchain of a store holds under a name of another home.</summary>
    internal static void Write(
        IFileSystem files, LocalStore source, ToolchainName.Official installed, StoreLayout home, ToolchainName.Official name)
    {
        var @base = source.ReadBase(installed);
        var path = home.ToolchainView(name.Text);
        Copy(files, source.Layout.Tree(@base.TreeId!), path);
        var metadata = Path.Combine(path, "lib", "rustlib");
        files.DeleteFile(Path.Combine(metadata, $"manifest-{Guard}"));
        Edit(files, Path.Combine(metadata, "components"), text => text.Replace($"{Guard}\n", "", StringComparison.Ordinal));
        Edit(files, Path.Combine(metadata, "multirust-config.toml"), text => text.Replace(
            $"\n[[components]]\npkg = \"{Guard}\"\ntarget = \"*\"\nis_extension = false\n", "", StringComparison.Ordinal));
        files.CreateDirectories(Path.GetDirectoryName(home.UpdateHash(name.Text))!);
        files.WriteNew(home.UpdateHash(name.Text), Encoding.ASCII.GetBytes(@base.Manifest!.Value.Hex[..20]), File);
    }

    internal static void Edit(IFileSystem files, string path, Func<string, string> edit)
    {
        var text = edit(files.ReadText(path));
        files.DeleteFile(path);
        files.WriteNew(path, Encoding.UTF8.GetBytes(text), File);
    }

    private static void Copy(IFileSystem files, string source, string target)
    {
        files.CreateDirectories(target);
        foreach (var entry in files.List(source).Where(entry => entry.Name != StoreLayout.LeaseFileName))
        {
            var from = Path.Combine(source, entry.Name);
            var to = Path.Combine(target, entry.Name);
            if (files.IsDirectory(from))
            {
                Copy(files, from, to);
                continue;
            }
            var isExecutable = files.TargetStatus(from)!.Mode.HasFlag(UnixFileMode.UserExecute);
            files.WriteNew(to, files.ReadAll(from), isExecutable ? Executable : File);
        }
    }
}
