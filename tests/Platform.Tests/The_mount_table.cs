namespace ToolchainStore.Platform.Tests;

public sealed class The_mount_table
{
    private const string Table = """
        22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
        32 22 0:25 / /mnt/a rw,relatime shared:7 master:3 - nfs4 10.9.1.1:/export rw,vers=4.2,hard,local_lock=none
        33 22 0:26 / /mnt/with\040blank rw - cifs //server/share rw,nobrl
        34 32 0:27 / /mnt/a/inner rw - tmpfs tmpfs rw
        """;

    [Theory]
    [InlineData("/mnt/a", "nfs4", "10.9.1.1:/export")]
    [InlineData("/mnt/a/rustup/store", "nfs4", "10.9.1.1:/export")]
    [InlineData("/mnt/ab", "ext4", "/dev/sda1")]
    [InlineData("/mnt/a/inner/store", "tmpfs", "tmpfs")]
    [InlineData("/mnt/with blank/home", "cifs", "//server/share")]
    public void tells_the_mount_with_the_longest_point_above_a_path(string path, string type, string source)
    {
        var mount = MountDescription.Find(Table, path)!;

        Assert.Equal((type, source), (mount.TypeName, mount.Source));
    }

    [Fact]
    public void tells_the_options_of_the_mount_and_of_its_file_system_once() =>
        Assert.Equal(["rw", "relatime", "vers=4.2", "hard", "local_lock=none"], MountDescription.Find(Table, "/mnt/a")!.Options);

    [Fact]
    public void of_this_machine_names_a_mount_for_the_root()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal("/", Machine.Host.Files.FindMount("/")!.Point);
        }
    }
}
