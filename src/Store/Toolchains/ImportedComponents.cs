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
        var unpacked = unpacker.Unpack(archive.OpenStream(), archive.Length, ArchiveFormat.Gzip, part, name, directory);
        return unpacked.ListingChecksum == exported.ListingChecksum
            ? unpacked
            : throw new StoreException(
                StoreErrorKind.Corrupt,
                $"component '{part.FullName}' of the export does not unpack to what was exported"
                + $"\nhelp: delete '{export.Describe(exported.Archive)}' where it was exported, and export once more");
    }
}
