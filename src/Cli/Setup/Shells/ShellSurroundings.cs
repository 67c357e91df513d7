using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup.Shells;

/// <summary>What says which shells a user has, and where these look for their profiles. An empty variable is unset.</summary>
internal sealed class ShellSurroundings(
    Machine machine, string homeDirectory, string cargoHome, Func<string, string?> readVariable)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    internal string HomeDirectory => homeDirectory;

    internal static ShellSurroundings OfUser(Machine machine, string cargoHome) => new(
        machine,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        cargoHome,
        CommandEnvironment.Read);

    internal string? Read(string variable) => readVariable(variable);

    internal bool IsFile(string path) => machine.Files.IsFile(path);

    /// <summary>CARGO_HOME as people are told of it.</summary>
    internal string ShownCargoHome => ShowCargoHome(OperatingSystem.IsWindows() ? "%USERPROFILE%" : "$HOME");

    /// <summary>The default CARGO_HOME is written relative to the home directory, any other as it is.</summary>
    internal string ShowCargoHome(string shownHome) =>
        Path.TrimEndingDirectorySeparator(cargoHome) == Path.Combine(homeDirectory, ".cargo") 
            ? Path.Combine(shownHome, ".cargo")
            : cargoHome;

    internal bool IsOnPath(string program) => SearchPath.Find(machine.Files, program, readVariable("PATH")) is not null;

    internal bool UsesOrHas(string shell) => Uses(shell) || IsOnPath(shell);

    /// <summary>By SHELL: the one that the user logs in with.</summary>
    internal bool Uses(string shell) => readVariable("SHELL")?.Contains(shell, StringComparison.Ordinal) == true;

    /// <summary>What a shell prints; null if it cannot be run or prints nothing.</summary>
    internal string? Ask(string shell, string command)
    {
        if (!IsOnPath(shell))
        {
            return null;
        }
        try
        {
            var result = machine.Processes.Capture(shell, ["-c", command], new Dictionary<string, string?>(), AnswerTimeout);
            return result.Output.Trim() is { Length: > 0 } answer ? answer : null;
        }
        catch (FileSystemException)
        {
            // It is there but does not run here; then it will not read a profile either.
            return null;
        }
    }
}
