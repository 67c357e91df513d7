using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// SQLite's library where it is not part of the program: it lies beside that once it is installed. An installer that was just downloaded has it
/// within itself, and nothing may be written before its user has agreed.
/// </summary>
internal static class PackedLibrary
{
    private const string SqliteName = "e_sqlite3";

    private static string FileName => OperatingSystem.IsWindows() ? $"{SqliteName}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{SqliteName}.dylib"
        : $"lib{SqliteName}.so";

    /// <summary>To be called before anything touches SQLite; one look at a file where the library is in its place.</summary>
    internal static void Register()
    {
        if (!Machine.HostFiles.Files.Exists(Path.Combine(AppContext.BaseDirectory, FileName)))
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        }
    }

    /// <summary>Zero: the runtime looks where it would have looked.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == SqliteName
        && Environment.ProcessPath is { } path
        && InstallerFile.TryOpen(Machine.Host, path)?.Find(FileName) is { } content
            ? ForeignLibrary.Load(FileName, content)
            : 0;
}
