using Microsoft.Data.Sqlite;
using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_manifest_in_binary : StoreTest
{
    [Theory]
    [InlineData("stable"), InlineData("nightly")]
    public void says_what_its_text_says(string channel)
    {
        var manifest = ReadManifest(channel);

        var read = ManifestBinary.TryRead(ManifestBinary.Write(manifest));

        Assert.NotNull(read);
        Assert.Equal(Describe(manifest), Describe(read));
    }

    [Fact]
    public void keeps_that_there_were_no_profiles()
    {
        var manifest = ChannelManifest.Parse(
            "manifest-version = \"2\"\ndate = \"2018-01-01\"\n[pkg.rust]\nversion = \"1.23.0\"\n", "a test");

        Assert.Null(ManifestBinary.TryRead(ManifestBinary.Write(manifest))!.Profiles);
    }

    [Fact]
    public void of_another_form_or_cut_short_is_not_read()
    {
        var bytes = ManifestBinary.Write(ReadManifest("stable"));

        Assert.Null(ManifestBinary.TryRead(null));
        Assert.Null(ManifestBinary.TryRead([]));
        Assert.Null(ManifestBinary.TryRead([(byte)(bytes[0] + 1), .. bytes[1..]]));
        Assert.All(Enumerable.Range(1, 50), part => Assert.Null(ManifestBinary.TryRead(bytes[..(bytes.Length * part / 51)])));
    }

    [Fact]
    public void is_read_instead_of_the_text_of_what_is_installed()
    {
        IntendDamage();
        Install(Nightly);
        using (var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE manifest SET body = x''";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        using var store = Open();
        Assert.NotEmpty(store.LoadManifest(Nightly).ComponentsOf(RustPackages.Host));
    }

    private ChannelManifest ReadManifest(string channel)
    {
        var path = Path.Combine(Mirror.Root, "dist", $"channel-rust-{channel}.toml");
        return ChannelManifest.Parse(File.ReadAllText(path), path);
    }

    private static IReadOnlyList<string> Describe(ChannelManifest manifest) =>
    [
        manifest.Date,
        .. manifest.Packages.SelectMany(package => package.Value.Targets.Select(target =>
            $"{package.Key} {package.Value} {target.Key} {target.Value.IsAvailable} {string.Join(", ", target.Value.Archives)} "
            + $"{string.Join(", ", target.Value.Components)} {string.Join(", ", target.Value.Extensions)}")),
        .. manifest.Renames.Select(rename => $"{rename.Key} {rename.Value}"),
        .. manifest.Profiles!.Select(profile => $"{profile.Key} {string.Join(", ", profile.Value)}"),
    ];
}
