using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Proxy;

/// <summary>The <c>rustup</c> executable beside this one, for what a proxy does not do itself.</summary>
internal sealed class CommandLineProgram
{
    // Found when it is needed: the runtime follows every link on the way to this program to learn where it is.
    private static string FilePath => Path.Combine(
        AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "rustup.exe" : "rustup");

    /// <summary>RUSTUP_FORCE_ARG0 may make any program of ours the command line or the installer.</summary>
    internal static bool IsMeant(string calledAs) =>
        calledAs == "rustup"
            || calledAs.StartsWith("rustup-init", StringComparison.Ordinal)
            || calledAs.StartsWith("rustup-setup", StringComparison.Ordinal);

    internal int Become(IReadOnlyList<byte[]> arguments) =>
        ProcessImage.Become(FilePath, [.. arguments.Skip(1)], searchesPath: false);

    /// <summary>Becomes it under this program's own name; it finds the homes of the user, and becomes this program again.</summary>
    internal int BecomeToFindHomes(IReadOnlyList<byte[]> arguments) => ProcessImage.Become(
        FilePath, [.. arguments.Skip(1)], searchesPath: false, Encoding.UTF8.GetString(arguments[0]));

    /// <summary>Becomes it, to run a tool as a child and to end it when it is told to. The lease and the variables stay.</summary>
    internal int BecomeSupervisor(string program, IReadOnlyList<byte[]> arguments, long since)
    {
        // What it is must not depend on what this process was told to be.
        ProcessImage.RemoveVariable("RUSTUP_FORCE_ARG0");
        byte[][] leading = [.. Supervision.Describe(program, since).Select(Encoding.UTF8.GetBytes)];
        return ProcessImage.Become(FilePath, [.. leading, .. arguments], searchesPath: false);
    }

    /// <summary>Makes the journal if there is none, and imports an edited settings.toml.</summary>
    internal void Refresh() => Run(["store", "refresh"]);

    /// <summary>Installs a toolchain with what the toolchain file lists.</summary>
    internal void Ensure(string name, Selection selection)
    {
        List<string> arguments = ["store", "ensure", name];
        if (selection.Reason is SelectionReason.CommandLine)
        {
            arguments.Add("--force");
        }
        foreach (var component in selection.Components)
        {
            arguments.AddRange(["--component", component]);
        }
        foreach (var target in selection.Targets)
        {
            arguments.AddRange(["--target", target]);
        }
        if (selection.Profile is { } profile)
        {
            arguments.AddRange(["--profile", ProfileText.Format(profile)]);
        }
        Run(arguments);
    }

    /// <summary>The program says itself what went wrong; this one ends with its code then.</summary>
    private void Run(IReadOnlyList<string> arguments)
    {
        // What it is must not depend on what this process was told to be.
        Environment.SetEnvironmentVariable("RUSTUP_FORCE_ARG0", null);
        var exitCode = ProcessImage.RunAsChild(FilePath, arguments);
        if (exitCode != 0)
        {
            Environment.Exit(exitCode);
        }
    }
}
