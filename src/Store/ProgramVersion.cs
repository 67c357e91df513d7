using System.Reflection;

namespace ToolchainStore;

/// <summary>Our own version, beside the version of rustup that we behave like.</summary>
public static class ProgramVersion
{
    /// <summary>Tools compare this one.</summary>
    public const string Rustup = "1.29.0";

    public const string Name = "toolchain-store";

    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
