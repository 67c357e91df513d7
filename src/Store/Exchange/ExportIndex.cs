using System.Text.Json;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>One component of an exported toolchain, and the archive that unpacks to it.</summary>
/// <param name="Component">Package and target.</param>
/// <param name="Archive">The name of the archive in the export.</param>
/// <param name="Digest">What the archive's bytes must be.</param>
/// <param name="ListingChecksum">What the listing of the unpacked component must be.</param>
public sealed record ExportedComponent(Component Component, string Archive, Digest Digest, string ListingChecksum);

/// <summary>One toolchain: its name, the release it was made from, and what of it is installed.</summary>
public sealed record ExportedToolchain(
    string Name, string? Profile, Digest Manifest, IReadOnlyList<ExportedComponent> Components);

/// <summary>
/// What an export holds, as JSON in <c>export.json</c>; written last, so an export that has one is complete.
/// <code>
/// export.json                 this
/// manifests/DIGEST.toml       channel manifests as the server sent them
/// components/ID.tar.gz        components as archives of rust-installer's format
/// </code>
/// </summary>
public sealed record ExportIndex(IReadOnlyList<ExportedToolchain> Toolchains)
{
    public const string FileName = "export.json";
    private const int FormatVersion = 1;

    public static string ManifestName(Digest digest) => $"manifests/{digest.Hex}.toml";

    public static string ComponentName(string componentId) => $"components/{componentId}.tar.gz";

    /// <summary>Whether what begins so may be the name of a file of an export.</summary>
    internal static bool IsName(string name) =>
        name.StartsWith("manifests/", StringComparison.Ordinal) || name.StartsWith("components/", StringComparison.Ordinal);

    public byte[] Format()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", FormatVersion);
            json.WriteString("written_by", $"rustup {ProgramVersion.Text}");
            json.WriteStartArray("toolchains");
            foreach (var toolchain in Toolchains)
            {
                Write(json, toolchain);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ExportedToolchain toolchain)
    {
        json.WriteStartObject();
        json.WriteString("name", toolchain.Name);
        json.WriteString("profile", toolchain.Profile);
        json.WriteString("manifest", toolchain.Manifest.Hex);
        json.WriteStartArray("components");
        foreach (var component in toolchain.Components)
        {
            json.WriteStartObject();
            json.WriteString("package", component.Component.Package);
            json.WriteString("target", component.Component.Target);
            json.WriteString("archive", component.Archive);
            json.WriteString("sha256", component.Digest.Hex);
            json.WriteString("listing_checksum", component.ListingChecksum);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="StoreException">Corrupt: it is no index. TooOld: a newer program wrote it.</exception>
    public static ExportIndex Parse(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            var format = root.GetProperty("format").GetInt32();
            if (format != FormatVersion)
            {
                throw new StoreException(
                    StoreErrorKind.TooOld,
                    $"'{path}' has format {format}, and this program reads format {FormatVersion}\nhelp: update rustup");
            }
            return new ExportIndex([.. root.GetProperty("toolchains").EnumerateArray().Select(ReadToolchain)]);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StoreException(StoreErrorKind.Corrupt, $"'{path}' is not the index of an export\nhelp: copy the export once more from where it was made", broken);
        }
    }

    private static ExportedToolchain ReadToolchain(JsonElement json) => new(
        Text(json, "name"),
        json.GetProperty("profile").GetString(),
        ReadDigest(json, "manifest"),
        [
            .. json.GetProperty("components").EnumerateArray().Select(component => new ExportedComponent(
                new Component(Text(component, "package"), component.GetProperty("target").GetString()),
                Text(component, "archive"),
                ReadDigest(component, "sha256"),
                Text(component, "listing_checksum"))),
        ]);

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static Digest ReadDigest(JsonElement json, string name) =>
        Digest.TryParse(Text(json, name), out var digest) ? digest : throw new FormatException($"'{name}' is no digest");
}
