using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Tests;

public sealed class A_private_text
{
    private readonly PrivateText text = new(
    [
        ("/home/ada/.rustup", "$RUSTUP_HOME"), ("/home/ada", "$HOME"), ("ada", "USER"), ("engine", "MACHINE"), ("/", "ROOT"), ("", "EMPTY"),
    ]);

    [Theory]
    [InlineData("store: /home/ada/.rustup/store", "store: $RUSTUP_HOME/store")]
    [InlineData("'/home/ada/src/secret'", "'$HOME/PATH'")]
    [InlineData("/home/adam/x", "PATH")]
    [InlineData("linked to /srv/secret-project/build/stage1, twice", "linked to PATH, twice")]
    [InlineData("ran by ada on engine (canada, engineer)", "ran by USER on MACHINE (canada, engineer)")]
    [InlineData("https://ada:word@mirror.example/dist", "https://***@mirror.example/dist")]
    [InlineData("https://static.rust-lang.org/dist/channel-rust-stable.toml", "https://static.rust-lang.org/dist/channel-rust-stable.toml")]
    [InlineData("/usr/lib/x and /proc/self and 1/2", "/usr/lib/x and /proc/self and 1/2")]
    [InlineData("RUSTUP_DIST_SERVER=file:///srv/customer/mirror", "RUSTUP_DIST_SERVER=file://PATH")]
    [InlineData("https://u/dist?token=word and on", "https://u/dist?*** and on")]
    [InlineData("mounted on / from nas.corp:/export/alice, nfs4", "mounted on / from SERVER:PATH, nfs4")]
    [InlineData("in ./secret and ../other/x, ~/there", "in PATH and PATH, PATH")]
    [InlineData("rustup override set beta --path secret", "rustup override set beta --path PATH")]
    [InlineData("`rustup toolchain link mine secret`: mine", "`rustup toolchain link mine PATH`: mine")]
    [InlineData("rustup store export secret.tar stable", "rustup store export PATH stable")]
    [InlineData("rustup store import --json x", "rustup store import --json PATH")]
    [InlineData("rustup toolchain install stable --from secret", "rustup toolchain install stable --from PATH")]
    public void shows_neither_who_nor_where(string said, string shown) => Assert.Equal(shown, text.Hide(said));
}
