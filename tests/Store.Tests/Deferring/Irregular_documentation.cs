using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Deferring;

/// <summary>An archive that does not hold what trees were composed for while nobody had read it.</summary>
public sealed class Irregular_documentation : DeferringTest
{
    public Irregular_documentation() => Mirror.Publish(SmallMirror.Stable(1).With("rust-docs", package => package with
    {
        Files = [.. package.Files, TarEntry.File("lib/of-docs", "docs\n")],
        ManifestLines = null,
    }));

    [Fact]
    public void gives_every_toolchain_that_waited_the_tree_it_should_have()
    {
        Install(Stable);
        Install(Official("1.91.0"));
        var before = TreeOf(Stable);
        Assert.False(File.Exists(FileOf(Stable)));

        Unpack(Stable);

        Assert.NotEqual(before, TreeOf(Stable));
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
        RequireUnpacked(Stable);
        Assert.Equal(Path.GetFileName(TreeOf(Stable)), Path.GetFileName(new FileInfo(Layout.ToolchainView(Stable.Text)).LinkTarget));
    }

    [Fact]
    public void leaves_nothing_of_what_was_before_after_a_collection()
    {
        Install(Stable);
        Unpack(Stable);

        CollectEverything();

        Assert.Single(Directory.EnumerateDirectories(Layout.Trees));
        Assert.Empty(Archives);
        RequireUnpacked(Stable);
    }

    [Fact]
    public void is_told_apart_by_an_installation_too()
    {
        Install(Stable);
        SetMode("eager");

        Install(Official("1.91.0"));

        RequireUnpacked(Official("1.91.0"));
        Assert.NotEqual(TreeOf(Stable), TreeOf(Official("1.91.0")));
        Unpack(Stable);
        RequireUnpacked(Stable);
    }

    [Fact]
    public void that_was_unpacked_before_is_used_as_it_is()
    {
        SetMode("eager");
        Install(Stable);
        SetMode("on-demand");

        Install(Official("1.91.0"));

        Assert.Empty(ListWaiting());
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
    }

    [Fact]
    public void that_comes_while_another_tree_is_composed_without_it_is_noticed()
    {
        var isOvertaken = false;
        using (var store = LocalStore.OpenForWriting(Options() with
        {
            Machine = MachineWith(name =>
            {
                if (name == CrashPoint.BeforePublish && !isOvertaken)
                {
                    isOvertaken = true;
                    SetMode("eager");
                    Follow(Official("1.91.0"), Profile.Minimal, "rust-docs");
                }
            }),
        }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
        }

        Assert.True(isOvertaken);
        RequireUnpacked(Stable);
    }

    [Fact]
    public void does_not_wait_again()
    {
        Install(Stable);
        Unpack(Stable);
        Change([], [Documentation]);

        Change([Documentation], []);

        Assert.Empty(ListWaiting());
        RequireUnpacked(Stable);
    }

    private void Follow(ToolchainName.Official name, Profile profile, string component)
    {
        using var store = Open();
        store.Follow(new FollowRequest { Name = name, Profile = profile, Components = [component] });
    }

    private string FileOf(ToolchainName name) => Path.Combine(TreeOf(name), "lib", "of-docs");

    private void RequireUnpacked(ToolchainName name)
    {
        using var store = Open();
        Assert.Empty(store.ListWaiting(name));
        Assert.Equal("docs\n", File.ReadAllText(FileOf(name)));
        Assert.True(File.Exists(PageOf(name)));
    }
}
