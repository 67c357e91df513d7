using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// SQLite's library, which lies beside the program once that is installed. An installer that was just downloaded has it
/// within itself, and nothing may be written before its user has agreed.
/// </summary>
internal static class PackedLibrary
{
    private const string SqliteName = "e_sqlite3";

    /// <summary>To be called before anything touches SQLite; costs nothing where the library is in its place.</summary>
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);

    /// <summary>Zero: the runtime looks where it would have looked.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        var file = OperatingSystem.IsWindows() ? $"{SqliteName}.dll"
            : OperatingSystem.IsMacOS() ? $"lib{SqliteName}.dylib"
            : $"lib{SqliteName}.so";
        var machine = Machine.Host;
        return name == SqliteName
            && !machine.Files.Exists(Path.Combine(AppContext.BaseDirectory, file))
            && Environment.ProcessPath is { } path
            && InstallerFile.TryOpen(machine, path)?.Find(file) is { } content
                ? ForeignLibrary.Load(file, content)
                : 0;
    }
}
