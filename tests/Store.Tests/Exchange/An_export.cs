using ToolchainStore.Distribution;
using ToolchainStore.Exchange;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Exchange;

public sealed class An_export : StoreTest
{
    [Theory]
    [InlineData("export/"), InlineData("export.tar")]
    public void gives_another_store_the_same_trees_without_a_server(string name)
    {
        Install(Stable);
        Install(Nightly, Profile.Minimal);
        var path = Path.Combine(Folder("out"), name);

        Export(path);

        Assert.Equal(["nightly-" + RustPackages.Host, "stable-" + RustPackages.Host], Import(path).Keys.Order());
        using var source = Open();
        using var target = OpenOther();
        foreach (var toolchain in new[] { Stable, Nightly })
        {
            Assert.Equal(source.ReadBase(toolchain).TreeId, target.ReadBase(toolchain).TreeId);
            Assert.Equal(source.ReadBase(toolchain).Manifest, target.ReadBase(toolchain).Manifest);
        }
        Assert.Empty(target.Verify(readsContents: true));
    }

    [Fact]
    public void that_is_imported_again_changes_nothing()
    {
        Install(Stable);
        Export(Path.Combine(Folder("out"), "export.tar"));
        Import(Path.Combine(Folder("out"), "export.tar"));

        Assert.All(Import(Path.Combine(Folder("out"), "export.tar")).Values, outcome => Assert.Equal(ImportOutcome.Unchanged, outcome));
    }

    [Fact]
    public void leaves_a_name_of_another_release_alone_unless_told()
    {
        Install(Nightly, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        SmallMirror.AdvanceTo(Mirror, 2);
        using (var other = LocalStore.OpenForWriting(OtherOptions() with { ServerRoot = Server.Url }))
        {
            other.Follow(new FollowRequest { Name = Nightly, Profile = Profile.Minimal });
        }

        Assert.Equal(ImportOutcome.Kept, Import(path)[Nightly.Text]);
        Assert.Equal(ImportOutcome.Imported, Import(path, replaces: true)[Nightly.Text]);

        using var source = Open();
        using var target = OpenOther();
        Assert.Equal(source.ReadBase(Nightly).TreeId, target.ReadBase(Nightly).TreeId);
    }

    [Fact]
    public void to_a_directory_goes_on_where_an_interrupted_one_stopped()
    {
        Install(Stable);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.Delete(index);
        var first = Directory.GetFiles(Path.Combine(path, "components")).Order().First();
        var written = File.GetLastWriteTimeUtc(first);
        File.Delete(Directory.GetFiles(Path.Combine(path, "components")).Order().Last());
        File.WriteAllText(first + ".partial", "torn");

        Assert.Throws<StoreException>(() => Import(path));
        Export(path);

        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Theory]
    [InlineData("components"), InlineData("manifests")]
    public void that_was_changed_is_refused_and_leaves_nothing(string directory)
    {
        Install(Stable);
        var path = Folder("out") + "/";
        Export(path);
        var victim = Directory.GetFiles(Path.Combine(path, directory)).Order().First();
        var bytes = File.ReadAllBytes(victim);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(victim, bytes);

        var refused = Assert.Throws<StoreException>(() => Import(path));

        Assert.Equal(StoreErrorKind.Corrupt, refused.Kind);
        Assert.Contains("checksum failed for", refused.Message, StringComparison.Ordinal);
        using var other = OpenOther();
        Assert.False(other.ReadBase(Stable).Exists);
    }

    [Fact]
    public void in_one_file_that_was_cut_off_anywhere_is_refused()
    {
        Install(Stable, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        var whole = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 100, 512, 700, whole.Length / 2, whole.Length - 1024 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(path)).Kind);
        }
    }

    [Fact]
    public void whose_index_points_out_of_it_is_refused()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.WriteAllText(index, File.ReadAllText(index).Replace("components/", "../components/", StringComparison.Ordinal));

        Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(path)).Kind);
    }

    [Fact]
    public void of_a_newer_program_is_refused_with_what_to_do()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));

        var refused = Assert.Throws<StoreException>(() => Import(path));

        Assert.Equal(StoreErrorKind.TooOld, refused.Kind);
        Assert.Contains("help: update rustup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void holds_each_component_once()
    {
        Install(Stable, Profile.Minimal);
        Install(Official("1.91.0"), Profile.Minimal);
        var path = Folder("out") + "/";

        Export(path);

        using var store = Open();
        Assert.Equal(store.ReadBase(Stable).Components.Count, Directory.GetFiles(Path.Combine(path, "components")).Length);
    }

    private StoreOptions OtherOptions() => Options() with { RustupHome = Folder("other"), ServerRoot = "http://127.0.0.1:9" };

    private LocalStore OpenOther() => LocalStore.OpenForWriting(OtherOptions());

    private void Export(string path)
    {
        using var store = LocalStore.OpenForReading(Options());
        store.Export(path, [.. store.Catalog.List().Select(installed => installed.Name).OfType<ToolchainName.Official>()]);
    }

    private Dictionary<string, ImportOutcome> Import(string path, bool replaces = false)
    {
        var export = ExportReader.Open(Machine.Host, path);
        using var other = OpenOther();
        return export.Index.Toolchains.ToDictionary(
            toolchain => toolchain.Name, toolchain => other.Import(export, toolchain, replaces));
    }
}
