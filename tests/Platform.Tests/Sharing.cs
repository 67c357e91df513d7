namespace ToolchainStore.Platform.Tests;

/// <summary>The mask is the process's: no other test makes files meanwhile.</summary>
[CollectionDefinition("umask", DisableParallelization = true)]
public sealed class UmaskCollection;

[Collection("umask")]
public sealed class Sharing_what_is_made : FileSystemTest
{
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    [Fact]
    public void grants_what_the_directory_grants_and_ends()
    {
        var before = ModeOfNew("before");

        using (Files.ShareLike(SharedDirectory("shared")))
        {
            Assert.Equal(before | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, ModeOfNew("during"));
        }

        Assert.Equal(before, ModeOfNew("after"));
    }

    [Fact]
    public void changes_nothing_below_a_directory_of_one_owner()
    {
        var before = ModeOfNew("before");
        Files.SetMode(DirectoryAt("own"), (UnixFileMode)0b111_101_101);

        using var sharing = Files.ShareLike(At("own"));

        Assert.Equal(before, ModeOfNew("during"));
    }

    [Fact]
    public void twice_at_once_ends_with_the_last()
    {
        var before = ModeOfNew("before");
        var first = Files.ShareLike(SharedDirectory("first"));
        var second = Files.ShareLike(SharedDirectory("second"));

        first.Dispose();
        Assert.Equal(before | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, ModeOfNew("during"));
        second.Dispose();
        second.Dispose();

        Assert.Equal(before, ModeOfNew("after"));
    }

    private string SharedDirectory(string name)
    {
        Files.SetMode(DirectoryAt(name), (UnixFileMode)0b111_000_000 | Group);
        return At(name);
    }

    private UnixFileMode ModeOfNew(string name)
    {
        Files.Create(At(name), Everybody).Dispose();
        return Files.Status(At(name))!.Mode;
    }
}
