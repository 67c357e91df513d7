using ToolchainStore.Distribution;
using ToolchainStore.Exchange;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>The components of one toolchain of an export.</summary>
public sealed class ImportedComponents(ExportReader export, ExportedToolchain toolchain)
{
    /// <summary>Unpacks one, and compares it with what it was where it was exported.</summary>
    /// <exception cref="StoreException">Corrupt: the export is torn, or was changed.</exception>
    internal StagedComponent Unpack(ComponentUnpacker unpacker, TreePart part, string name, string directory)
    {
        var exported = toolchain.Components.First(candidate => candidate.Component == new Component(part.Package, part.Target));
        using var archive = export.Open(exported.Archive, exported.Digest);
        StagedComponent unpacked;
        try
        {
            unpacked = unpacker.Unpack(archive.OpenStream(), archive.Length, ArchiveFormat.Gzip, part, name, directory);
        }
        catch (StoreException refused) when (refused.Kind == StoreErrorKind.Corrupt)
        {
            throw IsNotWhatItWas(part, refused);
        }
        return unpacked.ListingChecksum == exported.ListingChecksum ? unpacked : throw IsNotWhatItWas(part, cause: null);
    }

    /// <summary>Its digest is that in the index, so it was so where it was exported.</summary>
    private static StoreException IsNotWhatItWas(TreePart part, StoreException? cause) => new(
        StoreErrorKind.Corrupt,
        $"component '{part.FullName}' of the export does not unpack to what was exported"
        + "\nhelp: run `rustup store export` once more where it was exported: it replaces what is damaged",
        cause);
}
