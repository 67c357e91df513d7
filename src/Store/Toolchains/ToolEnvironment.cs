using System.Text;
using System.Text.Unicode;
using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>The directories of a user, from the environment.</summary>
public sealed record UserHomes(string RustupHome, string CargoHome)
{
    public string CargoBin => Path.Combine(CargoHome, "bin");

    /// <summary>Whether they can be told without asking the user database, which not every program of ours can.</summary>
    public static bool AreInEnvironment =>
        OperatingSystem.IsWindows() || IsSet("HOME") || (IsSet("RUSTUP_HOME") && IsSet("CARGO_HOME"));

    /// <exception cref="StoreException">Neither the environment nor the user database knows.</exception>
    public static UserHomes FromEnvironment() => new(
        Resolve("RUSTUP_HOME", ".rustup"), Resolve("CARGO_HOME", ".cargo"));

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    private static string Resolve(string variable, string directoryName)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
        {
            // As given otherwise: taking out `..` by name would lead elsewhere where a directory is a link.
            return Path.IsPathFullyQualified(given) ? given : Path.Combine(Environment.CurrentDirectory, given);
        }
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0
            ? Path.Combine(home, directoryName)
            : throw new StoreException(
                StoreErrorKind.Usage, $"could not find the home directory\nhelp: set HOME or {variable}");
    }

    /// <summary>Tells the programs that this process becomes or starts.</summary>
    public void Export()
    {
        ProcessImage.SetVariable("RUSTUP_HOME", RustupHome);
        ProcessImage.SetVariable("CARGO_HOME", CargoHome);
    }
}

/// <summary>The environment in which tools run.</summary>
public static class ToolEnvironment
{
    public const string RecursionVariable = "RUST_RECURSION_COUNT";
    public const int RecursionMax = 20;

    private static string ProxyPath => Path.Combine(
        AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "rustup-proxy.exe" : "rustup-proxy");

    private static string LibraryPathVariable =>
        OperatingSystem.IsMacOS() ? "DYLD_FALLBACK_LIBRARY_PATH" : "LD_LIBRARY_PATH";

    /// <summary>What RUSTUP_TOOLCHAIN says; null if it is unset or empty.</summary>
    public static string? ReadToolchain()
    {
        if (ProcessImage.ReadVariable("RUSTUP_TOOLCHAIN") is not { } value)
        {
            return null;
        }
        return Utf8.IsValid(value)
            ? Encoding.UTF8.GetString(value)
            : throw new StoreException(
                StoreErrorKind.Usage, $"environment variable was not valid unicode: \"{Escape(value)}\"");
    }

    public static int RecursionCount =>
        int.TryParse(Environment.GetEnvironmentVariable(RecursionVariable), out var count) ? count : 0;

    /// <summary>Sets what the program that this process becomes shall find.</summary>
    /// <param name="homes">Exported as absolute paths.</param>
    /// <param name="toolchain">What RUSTUP_TOOLCHAIN says to nested calls.</param>
    /// <param name="source">How it was chosen; null for <c>rustup run</c>.</param>
    /// <param name="sysrootPath">Where its libraries are.</param>
    /// <param name="pin">The tree that the build is bound to, if it is one of the store.</param>
    public static void Apply(UserHomes homes, string toolchain, string? source, string sysrootPath, PinnedTree? pin)
    {
        ProcessImage.SetVariable("RUSTUP_TOOLCHAIN", toolchain);
        if (source is not null)
        {
            ProcessImage.SetVariable("RUSTUP_TOOLCHAIN_SOURCE", source);
        }
        homes.Export();
        ProcessImage.SetVariable(RecursionVariable, (RecursionCount + 1).ToString());
        ProcessImage.PrependPath("PATH", homes.CargoBin);
        ProcessImage.PrependPath(LibraryPathVariable, Path.Combine(sysrootPath, "lib"));
        ProcessImage.SetVariable(PinnedTree.Variable, pin?.Format() ?? "");
    }

    /// <summary>Whether the environment is that of a tool of the toolchain at this place, as <see cref="Apply"/> made it.</summary>
    public static bool HasLibrariesOf(string sysrootPath) =>
        ProcessImage.HasPath(LibraryPathVariable, Path.Combine(sysrootPath, "lib"));

    /// <summary>A CARGO variable that leads to a proxy would make cargo's children start rustup again.</summary>
    /// <param name="files">Where links are followed.</param>
    /// <param name="program">What this process becomes; only cargo reads the variable.</param>
    public static void ReplaceCargo(IFileSystem files, string program)
    {
        if (Path.GetFileNameWithoutExtension(program) == "cargo"
            && Environment.GetEnvironmentVariable("CARGO") is { Length: > 0 } cargo
            && files.ReadLink(cargo) is not null
            && files.TargetStatus(cargo)?.Identity == files.TargetStatus(ProxyPath)?.Identity)
        {
            ProcessImage.SetVariable("CARGO", program);
        }
    }

    /// <summary>What a compiler that is run and waited for needs to find its libraries, and to be the same in a script.</summary>
    public static IReadOnlyDictionary<string, string?> ForCapture(string toolchain, string sysrootPath)
    {
        var libraries = Path.Combine(sysrootPath, "lib");
        var current = Environment.GetEnvironmentVariable(LibraryPathVariable);
        return new Dictionary<string, string?>
        {
            ["RUSTUP_TOOLCHAIN"] = toolchain,
            [LibraryPathVariable] = string.IsNullOrEmpty(current)
                ? libraries
                : libraries + Path.PathSeparator + current,
        };
    }

    private static string Escape(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder();
        foreach (var unit in value)
        {
            text.Append(unit is >= 0x20 and < 0x7f ? $"{(char)unit}" : $"\\x{unit:X2}");
        }
        return text.ToString();
    }
}
