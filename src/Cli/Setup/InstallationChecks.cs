using ToolchainStore.Cli.Output;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>What the installer looks at before it starts, and after.</summary>
internal sealed class InstallationChecks(Machine machine, UserHomes homes, TerminalReporter reporter, TextWriter output)
{
    /// <summary>Warns of a Rust that is there already; refuses unless somebody says that this is meant.</summary>
    internal void LookForExistingRust(bool isConfirmed)
    {
        if (IsSkipped("RUSTUP_INIT_SKIP_EXISTENCE_CHECKS"))
        {
            return;
        }
        if (!IsSkipped("RUSTUP_INIT_SKIP_PATH_CHECK") && FindForeignRust() is { } directory)
        {
            reporter.Warn("It looks like you have an existing installation of Rust at:");
            reporter.Warn(directory);
            reporter.Warn("It is recommended that rustup be the primary Rust installation.");
            reporter.Warn("Otherwise you may have confusion unless you are careful with your PATH.");
            reporter.Warn("If you are sure that you want both rustup and your already installed Rust");
            reporter.Warn("then please reply `y' or `yes' or set RUSTUP_INIT_SKIP_PATH_CHECK to yes");
            reporter.Warn("or pass `-y' to ignore all ignorable checks.");
            RequireConsent("cannot install while Rust is installed", isConfirmed);
        }
        var settings = Path.Combine(homes.RustupHome, "settings.toml");
        if (machine.Files.Exists(settings))
        {
            reporter.Warn("It looks like you have an existing rustup settings file at:");
            reporter.Warn(settings);
            reporter.Warn("Rustup will install the default toolchain as specified in the settings file,");
            reporter.Warn("instead of the one inferred from the default host triple.");
        }
    }

    /// <summary>
    /// False if HOME is another user's, as under sudo, and nobody said that this is meant: the installation goes on, but
    /// its exit code says so.
    /// </summary>
    internal bool LooksLikeTheUsersHome(bool isConfirmed)
    {
        if (IsSkipped("RUSTUP_INIT_SKIP_SUDO_CHECK")
            || CommandEnvironment.Read("HOME") is not { } home
            || UserAccount.FindHomeDirectory() is not { } expected
            || Path.TrimEndingDirectorySeparator(home) == Path.TrimEndingDirectorySeparator(expected))
        {
            return true;
        }
        reporter.Error("$HOME differs from euid-obtained home directory: you may be using sudo");
        reporter.Error($"$HOME directory: {home}");
        reporter.Error($"euid-obtained home directory: {expected}");
        if (!isConfirmed)
        {
            reporter.Error("if this is what you want, restart the installation with `-y'");
        }
        return isConfirmed;
    }

    /// <summary>Warns where rustc would find nothing to link with.</summary>
    internal void LookForLinker()
    {
        if (OperatingSystem.IsLinux()
            && SearchPath.Find(machine.Files, "cc", CommandEnvironment.Read("PATH")) is null)
        {
            reporter.Warn("no default linker (`cc`) was found in your PATH");
            reporter.Warn("many Rust crates require a system C toolchain to build");
        }
    }

    /// <summary>Warns on Windows where Visual Studio's build tools are missing. Untested.</summary>
    internal void LookForBuildTools(string host, bool isConfirmed)
    {
        if (!OperatingSystem.IsWindows()
            || !host.EndsWith("-msvc", StringComparison.Ordinal)
            || CommandEnvironment.Read("RUSTUP_INIT_SKIP_MSVC_CHECK") is not null
            || VisualStudio.HasBuildTools(machine))
        {
            return;
        }
        output.WriteLine();
        output.WriteLine("Rust Visual C++ prerequisites");
        output.WriteLine();
        output.WriteLine("Rust requires a linker and Windows API libraries but they don't seem to be");
        output.WriteLine("available. These components can be acquired through a Visual Studio installer:");
        output.WriteLine(VisualStudio.DownloadPage);
        output.WriteLine();
        if (isConfirmed)
        {
            reporter.Warn("installing msvc toolchain without its prerequisites");
        }
        else if (!Prompt.Confirm(output, "Continue?"))
        {
            throw new StoreException(StoreErrorKind.Usage, "the Visual C++ prerequisites are missing\nhelp: install them first, or answer yes");
        }
    }

    private void RequireConsent(string objection, bool isConfirmed)
    {
        reporter.Error(objection);
        if (isConfirmed)
        {
            reporter.Warn("continuing (because the -y flag is set and the error is ignorable)");
            return;
        }
        output.WriteLine();
        if (!HasConsent())
        {
            throw new StoreException(StoreErrorKind.Usage, objection);
        }
    }

    /// <summary>The end of the input is a no here, unlike at other questions.</summary>
    private bool HasConsent()
    {
        try
        {
            return Prompt.Confirm(output, "Continue?");
        }
        catch (StoreException nobody) when (nobody.Kind == StoreErrorKind.Usage)
        {
            return false;
        }
    }

    /// <summary>A directory of PATH with a compiler that no rustup put there; null if there is none.</summary>
    private string? FindForeignRust() => SearchPath.Split(CommandEnvironment.Read("PATH")).FirstOrDefault(directory =>
        !directory.Split(Path.DirectorySeparatorChar).Contains(".cargo")
        && (SearchPath.Has(machine.Files, directory, "rustc") || SearchPath.Has(machine.Files, directory, "cargo")));

    private static bool IsSkipped(string variable) => CommandEnvironment.Read(variable) == "yes";
}
