using ToolchainStore.Toolchains;
using Xunit;

namespace ToolchainStore.Tests.Toolchains;

public sealed class The_tools_of_a_toolchain
{
    [Fact]
    public void are_listed_in_the_order_that_errors_show() => Assert.Equal(
        "rustc rustdoc cargo rust-lldb rust-gdb rust-gdbgui rls cargo-clippy clippy-driver cargo-miri rust-analyzer rustfmt cargo-fmt",
        string.Join(' ', ToolComponents.ProxyNames));

    [Theory]
    [InlineData("rustdoc", "rustc")]
    [InlineData("cargo-fmt", "rustfmt")]
    [InlineData("rust-analyzer", null)]
    [InlineData("ld", null)]
    public void know_their_component(string tool, string? component) =>
        Assert.Equal(component, ToolComponents.FindComponent(tool));
}
