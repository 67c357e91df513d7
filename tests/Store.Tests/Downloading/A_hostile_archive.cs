using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Downloading;

public sealed class A_hostile_archive : StoreTest
{
    public static TheoryData<string, TarEntry> Entries => new()
    {
        { "leads out of it", TarEntry.File("../outside", "x") },
        { "leads out of it", TarEntry.File("{component}/../../../outside", "x") },
        { "leads out of it", TarEntry.File("/tmp/toolchain-store-outside", "x") },
        { "symbolic link", TarEntry.SymbolicLink("{component}/bin/link", "../../../..") },
        { "symbolic link", TarEntry.SymbolicLink("{component}/bin/link", "/etc/passwd") },
        { "hard link", TarEntry.HardLink("{component}/bin/link", "/etc/passwd") },
        { "character device", TarEntry.CharacterDevice("{component}/bin/device") },
        { "named pipe", TarEntry.NamedPipe("{component}/bin/pipe") },
        { "the file system has", TarEntry.Enormous("{component}/bin/enormous") },
    };

    [Theory, MemberData(nameof(Entries), DisableDiscoveryEnumeration = true)]
    public void is_refused_before_anything_is_published(string reason, TarEntry entry)
    {
        Mirror.Publish(SmallMirror.Stable(1).With("cargo", package => package with { RawEntries = [entry] }));

        var failed = Assert.Throws<StoreException>(() => Install(Stable));

        Assert.Contains(reason, failed.InnerException!.Message, StringComparison.Ordinal);
        RequireNothingPublished();
    }

    [Fact]
    public void that_is_cut_off_is_refused_although_its_digest_is_right()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("cargo", package => package with
        {
            Damage = archive => archive[..(archive.Length / 2)],
        }));

        Assert.Throws<StoreException>(() => Install(Stable));
        RequireNothingPublished();
    }

    [Fact]
    public void that_is_no_archive_is_refused()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("cargo", package => package with
        {
            Damage = _ => [.. Enumerable.Range(0, 3000).Select(number => (byte)(number * 7))],
        }));

        Assert.Throws<StoreException>(() => Install(Stable));
        RequireNothingPublished();
    }

    [Fact]
    public void that_lacks_what_its_manifest_names_is_refused()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("cargo", package => package with
        {
            ManifestLines = ["file:bin/cargo", "file:bin/missing"],
        }));

        var failed = Assert.Throws<StoreException>(() => Install(Stable));

        Assert.Contains("lacks 'bin/missing'", failed.InnerException!.Message, StringComparison.Ordinal);
        RequireNothingPublished();
    }

    [Fact]
    public void of_two_components_with_the_same_file_is_a_conflict()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("clippy-preview", package => package with
        {
            Files = [TarEntry.Executable("bin/cargo", "#!/bin/sh\n")],
        }));

        var failed = Assert.Throws<StoreException>(() => Install(Stable));

        Assert.Contains("detected conflict: 'bin/cargo'", failed.Message, StringComparison.Ordinal);
    }

    private void RequireNothingPublished()
    {
        using var store = Open();
        Assert.Empty(store.Catalog.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Trees));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Components));
        Assert.False(File.Exists("/tmp/toolchain-store-outside"));
    }
}
