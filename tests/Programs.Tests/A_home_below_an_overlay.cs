using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>RUSTUP_HOME comes with a container's image, and the container changes it: the lower layer stays as it is.</summary>
public sealed class A_home_below_an_overlay : MountingTest
{
    public A_home_below_an_overlay(ITestOutputHelper log) : base(log)
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("toolchain", "install", "stable", "nightly").ShouldSucceed();
        Rustup("default", "stable").ShouldSucceed();
        Directory.Move(RustupHome, Folder["image"]);
        // A file system of its own, because an overlay does not lie on another.
        Directory.CreateDirectory(Folder["container"]);
        Mount(Folder["container"], "-t", "tmpfs", "tmpfs");
        Directory.CreateDirectory(Folder["container/upper"]);
        Directory.CreateDirectory(Folder["container/work"]);
        Directory.CreateDirectory(RustupHome);
        Mount(
            RustupHome, "-t", "overlay", "-o",
            $"lowerdir={Folder["image"]},upperdir={Folder["container/upper"]},workdir={Folder["container/work"]}", "overlay");
    }

    [Fact]
    public void is_run_from_and_collected_although_its_directories_cannot_be_moved()
    {
        if (IsSkipped())
        {
            return;
        }
        var tree = TreeOf($"nightly-{Host}");
        Assert.Throws<IOException>(() => Directory.Move(tree, Path.Combine(RustupHome, "store", "trash", "moved")));
        Assert.StartsWith("rustc 1.91.0", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);

        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.False(Directory.Exists(tree));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", "trash")));
        Rustup("store", "verify", "--contents").ShouldSucceed();
    }

    [Fact]
    public void has_what_was_collected_installed_again_where_it_was()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        Rustup("component", "add", "rust-src", "--toolchain", "stable").ShouldSucceed();

        Assert.StartsWith("rustc 1.94.0-nightly", Proxy("rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Rustup("store", "verify", "--contents").ShouldSucceed();
    }

    [Fact]
    public void keeps_a_tree_of_the_image_that_is_running()
    {
        if (IsSkipped())
        {
            return;
        }
        var tree = TreeOf($"nightly-{Host}");
        using var build = Launch(Path.Combine(Bin, "cargo"), "+nightly", "then", "rustc", "--print", "sysroot");
        WaitUntilHeld(tree);

        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.Equal(tree + "\n", Finish(build).ShouldSucceed().Output);
    }
}
