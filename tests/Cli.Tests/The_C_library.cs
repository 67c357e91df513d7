using ToolchainStore.Cli.Setup;

namespace ToolchainStore.Cli.Tests;

/// <summary>What <c>/proc/self/maps</c> tells of the system that the installer runs on.</summary>
public sealed class The_C_library
{
    [Theory]
    [InlineData("7f1c5e9d0000-7f1c5e9e4000 r--p 00000000 fe:00 1234  /usr/lib/x86_64-linux-gnu/libc.so.6\n", false)]
    [InlineData("7f1c5e9d0000-7f1c5e9e4000 r--p 00000000 fe:00 1234  /home/ld-musl-fan/rustup-init\n", false)]
    [InlineData("", false)]
    [InlineData(
        "55d0-55d1 r-xp 00000000 fe:00 1  /tmp/rustup-init\n7f1c5e9d0000-7f1c5e9e4000 r--p 00000000 fe:00 1234  /lib/ld-musl-x86_64.so.1\n", true)]
    public void is_musl_where_its_loader_is_mapped(string mappings, bool isMusl) =>
        Assert.Equal(isMusl, CLibrary.IsMusl(mappings));
}
