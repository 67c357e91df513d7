using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_toolchain_for_another_host
{
    [Theory]
    [InlineData("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", true)]
    [InlineData("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", false)]
    [InlineData("x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu", false)]
    [InlineData("x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", false)]
    [InlineData("x86_64-pc-windows-msvc", "x86_64-pc-windows-gnu", true)]
    [InlineData("x86_64-pc-windows-gnu", "x86_64-pc-windows-msvc", true)]
    [InlineData("x86_64-pc-windows-msvc", "i686-pc-windows-gnu", true)]
    [InlineData("aarch64-pc-windows-msvc", "i686-pc-windows-msvc", true)]
    [InlineData("aarch64-pc-windows-msvc", "x86_64-pc-windows-msvc", false)]
    [InlineData("i686-pc-windows-msvc", "x86_64-pc-windows-msvc", false)]
    [InlineData("home-made", "home-made", true)]
    [InlineData("home-made", "x86_64-unknown-linux-gnu", false)]
    public void runs_only_where_the_system_takes_it(string machine, string host, bool runs) =>
        Assert.Equal(runs, TargetTriple.CanRun(machine, host));
}
