using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>What the installer and the uninstaller say at length; byte for byte rustup 1.29.0.</summary>
internal static class InstallationTexts
{
    private static readonly bool isWindows = OperatingSystem.IsWindows();

    /// <param name="homes">Where everything will be.</param>
    /// <param name="profiles">What will be changed so that the programs are found; null if nothing shall be.</param>
    internal static string Welcome(UserHomes homes, IReadOnlyList<string>? profiles) =>
        $"""

        Welcome to Rust!

        This will download and install the official compiler for the Rust
        programming language, and its package manager, Cargo.

        Rustup metadata and toolchains will be installed into the Rustup
        home directory, located at:

          {homes.RustupHome}

        This can be modified with the RUSTUP_HOME environment variable.

        The Cargo home directory is located at:

          {homes.CargoHome}

        This can be modified with the CARGO_HOME environment variable.

        The cargo, rustc, rustup and other commands will be added to
        Cargo's bin directory, located at:

          {homes.CargoBin}

        {(profiles is null ? PathStays : isWindows ? RegistryChanges : ProfilesChange(profiles))}

        You can uninstall at any time with rustup self uninstall and
        these changes will be reverted.

        """;

    internal static string Options(InstallationRequest request, string detectedHost) =>
        $"""
        Current installation options:


           default host triple: {request.DefaultHost ?? detectedHost}
             default toolchain: {request.DefaultToolchain ?? "stable (default)"}
                       profile: {request.Profile}
          modify PATH variable: {(request.ModifiesPath ? "yes" : "no")}

        """;

    /// <param name="shownHome">CARGO_HOME as shells write it.</param>
    /// <param name="nushellHome">And as nushell does.</param>
    /// <param name="isOnPath">Whether profiles were changed.</param>
    internal static string Installed(string shownHome, string nushellHome, bool isOnPath) =>
        $"""

        Rust is installed now. Great!

        {(isOnPath ? PathChanged(shownHome) : PathUnchanged(shownHome))}
        {(isWindows ? "" : HowToRead(shownHome, nushellHome))}
        """;

    internal static string Goodbye(string shownHome, bool keepsPath) =>
        $"""


        Thanks for hacking in Rust!

        This will uninstall all Rust toolchains and data{(keepsPath ? "." : ", and remove")}
        {(keepsPath
            ? "Your PATH environment variable will not be touched."
            : $"{BinOf(shownHome)} from your PATH environment variable.")}

        """;

    private static string ProfilesChange(IReadOnlyList<string> profiles) =>
        $"""
        This path will then be added to your PATH environment variable by
        modifying the profile file{(profiles.Count == 1 ? "" : "s")} located at:

        {string.Join('\n', profiles.Select(profile => $"  {profile}"))}
        """;

    private const string RegistryChanges =
        """
        This path will then be added to your PATH environment variable by
        modifying the PATH registry key at HKEY_CURRENT_USER\Environment.
        """;

    private const string PathStays =
        """
        This path needs to be in your PATH environment variable,
        but will not be added automatically.
        """;

    private static string PathChanged(string shownHome) =>
        $"""
        To get started you may need to restart your current shell.
        This would reload {(isWindows ? "its" : "your")} PATH environment variable to include
        Cargo's bin directory ({BinOf(shownHome)}).
        """;

    private static string PathUnchanged(string shownHome) =>
        $"""
        To get started you need Cargo's bin directory ({BinOf(shownHome)}) in your PATH
        environment variable. This has not been done automatically.
        """;

    private static string HowToRead(string shownHome, string nushellHome) =>
        $"""

        To configure your current shell, you need to source
        the corresponding env file under {shownHome}.

        This is usually done by running one of the following (note the leading DOT):
        . "{shownHome}/env"            # For sh/bash/zsh/ash/dash/pdksh
        source "{shownHome}/env.fish"  # For fish
        source "{nushellHome}/env.nu"  # For nushell
        source "{shownHome}/env.tcsh"  # For tcsh
        . "{shownHome}/env.ps1"        # For pwsh
        source "{shownHome}/env.xsh"   # For xonsh

        """;

    private static string BinOf(string shownHome) => shownHome + (isWindows ? @"\bin" : "/bin");
}
