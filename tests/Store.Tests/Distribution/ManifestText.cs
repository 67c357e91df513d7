namespace ToolchainStore.Tests.Distribution;

/// <summary>A small manifest with one of everything.</summary>
internal static class ManifestText
{
    public const string Host = "x86_64-unknown-linux-gnu";

    public const string Small = """
        manifest-version = "2"
        date = "2026-04-16"

        [pkg.cargo]
        version = "0.96.0 (f2d3ce0bd 2026-03-21)"
        git_commit_hash = "f2d3ce0bd7f24a49f8f72d9000448f8838c4e850"

        [pkg.cargo.target.x86_64-unknown-linux-gnu]
        available = true
        url = "https://static.rust-lang.org/dist/2026-04-16/cargo.tar.gz"
        hash = "1111111111111111111111111111111111111111111111111111111111111111"
        xz_url = "https://static.rust-lang.org/dist/2026-04-16/cargo.tar.xz"
        xz_hash = "2222222222222222222222222222222222222222222222222222222222222222"
        zst_url = "https://static.rust-lang.org/dist/2026-04-16/cargo.tar.zst"
        zst_hash = "3333333333333333333333333333333333333333333333333333333333333333"

        [pkg.clippy-preview]
        version = "0.1.95"
        [pkg.clippy-preview.target.x86_64-unknown-linux-gnu]
        available = false
        url = ""
        hash = ""

        [pkg.rust-src]
        version = "1.95.0"
        [pkg.rust-src.target."*"]
        available = true
        url = "https://static.rust-lang.org/dist/2026-04-16/rust-src.tar.gz"
        xz_hash = "2222222222222222222222222222222222222222222222222222222222222222"

        [pkg.rust-std]
        version = "1.95.0"
        [pkg.rust-std.target.x86_64-unknown-linux-gnu]
        available = true
        [pkg.rust-std.target.wasm32-unknown-unknown]
        available = true

        [pkg.rust]
        version = "1.95.0 (59807616e 2026-04-14)"
        [pkg.rust.target.x86_64-unknown-linux-gnu]
        available = true
        extensions = [{ pkg = "clippy-preview", target = "x86_64-unknown-linux-gnu" }, { pkg = "rust-src", target = "*" }]
        [[pkg.rust.target.x86_64-unknown-linux-gnu.components]]
        pkg = "cargo"
        target = "x86_64-unknown-linux-gnu"
        is_extension = false
        [[pkg.rust.target.x86_64-unknown-linux-gnu.components]]
        pkg = "rust-std"
        target = "x86_64-unknown-linux-gnu"
        [[pkg.rust.target.x86_64-unknown-linux-gnu.components]]
        pkg = "rust-std"
        target = "wasm32-unknown-unknown"

        [renames.clippy]
        to = "clippy-preview"

        [artifacts.installer-msi.target.x86_64-pc-windows-gnu]
        url = "https://static.rust-lang.org/dist/2026-04-16/rust.msi"

        [profiles]
        minimal = ["cargo", "rust-std", "rust-mingw"]
        default = ["cargo", "rust-std", "rust-mingw", "clippy-preview", "rust-src"]
        """;
}
