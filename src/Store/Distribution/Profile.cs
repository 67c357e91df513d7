namespace ToolchainStore.Distribution;

/// <summary>A named default set of components.</summary>
public enum Profile
{
    Minimal,
    Default,
    Complete,
}

/// <summary>The texts of <see cref="Profile"/>, in settings, manifests and on the command line.</summary>
public static class ProfileText
{
    public static IReadOnlyList<string> All { get; } = ["minimal", "default", "complete"];

    public static string Format(Profile profile) => profile switch
    {
        Profile.Minimal => "minimal",
        Profile.Default => "default",
        Profile.Complete => "complete",
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    public static Profile? TryParse(string text) => text switch
    {
        "minimal" => Profile.Minimal,
        "default" => Profile.Default,
        "complete" => Profile.Complete,
        _ => null,
    };

    public static Profile Parse(string text) => TryParse(text) ?? throw new StoreException(
        StoreErrorKind.Usage,
        $"unknown profile name: '{text}'; valid profile names are: {string.Join(", ", All)}");
}
