using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>CARGO_HOME belongs to an image and cannot be written; RUSTUP_HOME can.</summary>
public sealed class Programs_of_an_image : MountingTest
{
    public Programs_of_an_image(ITestOutputHelper log) : base(log) =>
        Mount(Folder["cargo"], "--bind", "-o", "ro", Folder["cargo"]);

    [Theory]
    [InlineData("toolchain install stable")]
    [InlineData("default nightly")]
    [InlineData("update")]
    [InlineData("store gc")]
    public void change_the_store_without_writing_beside_themselves(string command)
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup(command.Split(' ')).ShouldSucceed();
    }
}
