using ToolchainStore.Platform;

namespace ToolchainStore.Cli;

/// <summary>A page of the documentation, below its html directory.</summary>
internal sealed record DocumentationPage(string Path, string Fragment = "");

/// <summary>Which page a flag and a topic of <c>rustup doc</c> mean.</summary>
internal sealed class DocumentationTopic(IFileSystem files, string html)
{
    // How rustdoc names the pages of an item: by kinds in this order.
    private static readonly string[] RootKinds = ["keyword", "primitive", "macro"];
    private static readonly string[] ItemKinds = ["fn", "struct", "trait", "enum", "type", "constant", "union"];
    private static readonly string[] Libraries = ["std", "core", "alloc"];

    internal DocumentationPage Find(string? page, string? topic) => (page, topic) switch
    {
        (null, null) => new("index.html"),
        (null, { } name) => FindItem(name),
        ({ } flag, null) => new(PathOf(flag)),
        ({ } flag, { } name) => FindInBook(flag, name),
    };

    private static string PathOf(string page) => page switch
    {
        "releases" => "releases.html",
        "error-codes" => "error_codes/index.html",
        _ => $"{page}/index.html",
    };

    private DocumentationPage FindInBook(string page, string topic)
    {
        var parts = topic.Split("::");
        var root = Path.GetDirectoryName(PathOf(page)) ?? "";
        var path = Path.Combine([root, .. parts]);
        var parent = Path.Combine([root, .. parts[..^1]]);
        return FindExisting($"{path}/index.html", $"{path}.html")
            ?? (FindExisting($"{parent}.html") is { } above ? above with { Fragment = $"#{parts[^1]}" } : null)
            ?? throw new StoreException(StoreErrorKind.NotFound, $"no document for {page} on {topic}");
    }

    private DocumentationPage FindItem(string topic)
    {
        var parts = topic.Split("::");
        switch (parts)
        {
            case [var library] when Libraries.Contains(library):
                return FindExisting($"{library}/index.html") ?? throw NotFound(topic);
            case [var name] when name.Split(':') is [var kind, var of]:
                return FindExisting($"std/{kind}.{of}.html") ?? throw NotFound(topic);
            case [var name]:
                return FindExisting([.. RootKinds.Select(kind => $"std/{kind}.{name}.html")]) ?? throw NotFound(topic);
            case [var library, var name]:
                return FindExisting(
                    [Path.Combine(library, name, "index.html"), .. RootKinds.Select(kind => $"{library}/{kind}.{name}.html")])
                    ?? throw NotFound(topic);
        }
        var path = string.Join('/', parts);
        var parent = string.Join('/', parts[..^1]);
        return FindExisting([$"{path}/index.html", .. ItemKinds.Select(kind => $"{parent}/{kind}.{parts[^1]}.html")])
            ?? throw NotFound(topic);
    }

    private DocumentationPage? FindExisting(params IReadOnlyList<string> candidates) =>
        candidates.FirstOrDefault(candidate => files.IsFile(Path.Combine(html, candidate))) is { } path
            ? new DocumentationPage(path)
            : null;

    private static StoreException NotFound(string topic) =>
        new(StoreErrorKind.NotFound, $"No document for '{topic}'");
}
