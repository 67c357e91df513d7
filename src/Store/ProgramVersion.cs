using System.Reflection;

namespace ToolchainStore;

/// <summary>Our own version, beside the version of rustup that we behave like.</summary>
public static class ProgramVersion
{
    /// <summary>Tools compare this one.</summary>
    public const string Rustup = "1.29.0";

    public const string Name = "toolchain-store";

    private const string ReleaseMark = "+store.";

    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>What a server of our releases calls this one: rustup's version, with ours as build metadata.</summary>
    public static string Release => $"{Rustup}{ReleaseMark}{Text}";

    /// <summary>Whether a release is one of this program, and not of rustup itself.</summary>
    public static bool IsOurs(string release) => release.Contains(ReleaseMark, StringComparison.Ordinal);
}
