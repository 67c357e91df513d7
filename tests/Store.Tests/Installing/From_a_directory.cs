using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>Files that somebody fetched by hand, all in one directory.</summary>
public sealed class From_a_directory : StoreTest
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public void of_collected_files_a_toolchain_is_installed(bool hasDigests)
    {
        Collect(hasDigests);

        Assert.Equal(InstallOutcome.Installed, Follow());

        using var store = LocalStore.OpenForReading(Options());
        Assert.Equal("1.91.0 (hash-s1 2026-01-01)", store.LoadManifest(Stable).RustVersion);
    }

    [Fact]
    public void that_lacks_an_archive_the_error_names_the_component()
    {
        Collect(hasDigests: false);
        foreach (var archive in Directory.GetFiles(Folder("collected"), "clippy*"))
        {
            File.Delete(archive);
        }

        var refused = Assert.Throws<StoreException>(() => Follow());

        Assert.Contains("component download failed for clippy", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void with_a_damaged_archive_nothing_is_installed()
    {
        Collect(hasDigests: false);
        foreach (var archive in Directory.GetFiles(Folder("collected"), "cargo*"))
        {
            File.WriteAllText(archive, "not an archive");
        }

        Assert.Throws<StoreException>(() => Follow());

        using var store = Open();
        Assert.False(store.ReadBase(Stable).Exists);
    }

    private void Collect(bool hasDigests)
    {
        foreach (var file in Directory.GetFiles(Mirror.Root, "*", SearchOption.AllDirectories))
        {
            if (hasDigests || !file.EndsWith(".sha256", StringComparison.Ordinal))
            {
                File.Copy(file, Path.Combine(Folder("collected"), Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    private InstallOutcome Follow()
    {
        using var store = LocalStore.OpenForWriting(Options() with
        {
            ServerRoot = "http://127.0.0.1:9",
            CollectedArchives = Folder("collected"),
            IsOffline = true,
        });
        return store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
    }
}
