using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>Microsoft's linker and libraries, without which an msvc toolchain builds nothing. Untested.</summary>
internal static class VisualStudio
{
    internal const string DownloadPage = "https://visualstudio.microsoft.com/downloads/";

    private const string BuildTools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>By asking the locator that comes with every installer since 2017, or in a developer's prompt.</summary>
    internal static bool HasBuildTools(Machine machine)
    {
        if (CommandEnvironment.Read("VCINSTALLDIR") is not null)
        {
            return true;
        }
        var locator = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft Visual Studio", "Installer", "vswhere.exe");
        if (!machine.Files.IsFile(locator))
        {
            return false;
        }
        try
        {
            var found = machine.Processes.Capture(
                locator, ["-latest", "-products", "*", "-requires", BuildTools, "-property", "installationPath"],
                new Dictionary<string, string?>(), AnswerTimeout);
            return found.Output.Trim().Length > 0;
        }
        catch (FileSystemException)
        {
            // It cannot be run; the worst that follows is a warning that was not needed.
            return false;
        }
    }
}
