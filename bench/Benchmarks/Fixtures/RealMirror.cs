using System.Text.RegularExpressions;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>What a mirror of real toolchains offers as stable.</summary>
internal sealed partial class RealMirror
{
    internal const string Host = "x86_64-unknown-linux-gnu";
    internal const string BaseUrl = "https://static.rust-lang.org/";

    private static readonly IReadOnlyList<string> MinimalPackages = ["rustc", "cargo", "rust-std"];
    private static readonly IReadOnlyList<string> DefaultPackages =
        [.. MinimalPackages, "rust-docs", "rustfmt-preview", "clippy-preview"];

    private readonly string directory;

    internal RealMirror(string directory)
    {
        this.directory = directory;
        ManifestText = File.ReadAllText(Path.Combine(directory, "dist", "channel-rust-stable.toml"));
        Date = DateLine().Match(ManifestText).Groups["date"].Value;
        Version = RustVersion().Match(ManifestText).Groups["version"].Value;
        if (Date.Length == 0 || Version.Length == 0)
        {
            throw new BenchmarkException($"{directory}: no date or version in the manifest of stable");
        }
    }

    internal string ManifestText { get; }

    internal string Date { get; }

    /// <summary>Another name of what stable is.</summary>
    internal string Version { get; }

    internal IReadOnlyList<string> ListArchives(bool isMinimal, string format) =>
        [.. (isMinimal ? MinimalPackages : DefaultPackages).Select(package => FindArchive(package, format))];

    /// <summary>The file of a package's archive.</summary>
    internal string FindArchive(string package, string format) =>
        Path.Combine(directory, FindUrl(package, format)[BaseUrl.Length..]);

    internal string FindUrl(string package, string format) =>
        FindValue(package, format == "gz" ? "url" : $"{format}_url");

    internal string FindDigest(string package, string format) =>
        FindValue(package, format == "gz" ? "hash" : $"{format}_hash");

    private string FindValue(string package, string key)
    {
        var head = $"[pkg.{package}.target.{Host}]\n";
        var start = ManifestText.IndexOf(head, StringComparison.Ordinal);
        var end = start < 0 ? -1 : ManifestText.IndexOf("\n[", start, StringComparison.Ordinal);
        var prefix = $"{key} = \"";
        return (end < 0 ? "" : ManifestText[start..end]).Split('\n')
            .FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal)) is { } line
            ? line[prefix.Length..^1]
            : throw new BenchmarkException($"the manifest of stable has no {key} of {package}");
    }

    [GeneratedRegex("^date = \"(?<date>[0-9-]+)\"", RegexOptions.Multiline)]
    private static partial Regex DateLine();

    [GeneratedRegex("""^\[pkg\.rust\]\nversion = "(?<version>[0-9.]+)""", RegexOptions.Multiline)]
    private static partial Regex RustVersion();
}
