namespace ToolchainStore.Toolchains;

/// <summary>Whether commands that update toolchains also update rustup itself.</summary>
public enum SelfUpdateMode
{
    Enable,
    Disable,
    CheckOnly,
}

/// <summary>The texts of <see cref="SelfUpdateMode"/>, in settings and on the command line.</summary>
public static class SelfUpdateModeText
{
    public static IReadOnlyList<string> All { get; } = ["enable", "disable", "check-only"];

    public static string Format(SelfUpdateMode mode) => mode switch
    {
        SelfUpdateMode.Enable => "enable",
        SelfUpdateMode.Disable => "disable",
        SelfUpdateMode.CheckOnly => "check-only",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    public static SelfUpdateMode? TryParse(string text) => text switch
    {
        "enable" => SelfUpdateMode.Enable,
        "disable" => SelfUpdateMode.Disable,
        "check-only" => SelfUpdateMode.CheckOnly,
        _ => null,
    };
}
