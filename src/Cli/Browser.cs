using ToolchainStore.Platform;

namespace ToolchainStore.Cli;

/// <summary>The user's browser, which outlives the command that opens a page in it.</summary>
internal static class Browser
{
    private static readonly string[] UnixOpeners = ["xdg-open", "x-www-browser", "firefox", "chromium", "www-browser"];

    /// <summary>BROWSER is one program, without arguments; unset, the system's own way is taken.</summary>
    internal static void Open(IFileSystem files, string url)
    {
        var (names, arguments) = CommandEnvironment.Read("BROWSER") is { } chosen ? ([chosen], [url]) : SystemOpener(url);
        var program = names.Select(name => Find(files, name)).FirstOrDefault(path => path is not null)
            ?? throw new StoreException(
                StoreErrorKind.NotFound,
                $"couldn't open browser: error spawning command(s) '{string.Join(", ", names)}'",
                new StoreException(StoreErrorKind.NotFound, "No such file or directory (os error 2)"));
        Machine.Host.Processes.StartDetached(program, arguments);
    }

    private static (string[] Names, string[] Arguments) SystemOpener(string url) =>
        OperatingSystem.IsWindows() ? (["rundll32.exe"], ["url.dll,FileProtocolHandler", url])
        : OperatingSystem.IsMacOS() ? (["open"], [url])
        : (UnixOpeners, [url]);

    private static string? Find(IFileSystem files, string name) => name.Contains(Path.DirectorySeparatorChar)
        ? files.IsFile(name) ? name : null
        : files.FindOnPath(name).FirstOrDefault();
}
