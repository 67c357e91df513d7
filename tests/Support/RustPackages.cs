namespace ToolchainStore.Tests.Support;

/// <summary>Packages that look like Rust's. Their tools are shell scripts that notice when parts of two releases are mixed.</summary>
public static class RustPackages
{
    public const string Host = "x86_64-unknown-linux-gnu";
    public const string OtherTarget = "wasm32-unknown-unknown";

    public static IReadOnlyDictionary<string, string> Renames { get; } = new Dictionary<string, string>
    {
        ["clippy"] = "clippy-preview",
        ["llvm-tools"] = "llvm-tools-preview",
        ["rust-analyzer"] = "rust-analyzer-preview",
        ["rustfmt"] = "rustfmt-preview",
    };

    public static IReadOnlyDictionary<string, string[]> Profiles { get; } = new Dictionary<string, string[]>
    {
        ["minimal"] = ["rustc", "cargo", "rust-std"],
        ["default"] = ["rustc", "cargo", "rust-std", "rust-docs", "rustfmt-preview", "clippy-preview"],
        ["complete"] =
        [
            "rustc", "cargo", "rust-std", "rust-docs", "rustfmt-preview", "clippy-preview", "rust-analyzer-preview",
            "rust-src", "llvm-tools-preview",
        ],
    };

    /// <summary>The packages that belong to a release by themselves; the others are extensions of it.</summary>
    public static IReadOnlyList<string> Required { get; } = ["rustc", "rust-std", "cargo", "rust-docs"];

    /// <summary>Every package of a release: the compiler carries <paramref name="stamp"/>, extras only where they must match it.</summary>
    public static IReadOnlyList<Package> Of(string version, string stamp, string host = Host) =>
    [
        Compiler(version, stamp, host),
        new("cargo", version, host, [Tool("bin/cargo", "cargo", version, stamp), TarEntry.File("share/doc/cargo/README", "cargo\n")]),
        StandardLibrary(version, stamp, host),
        StandardLibrary(version, stamp, OtherTarget),
        Documentation(version, host),
        new("rustfmt-preview", version, host, [Tool("bin/rustfmt", "rustfmt", version, stamp), Tool("bin/cargo-fmt", "cargo-fmt", version, stamp)]),
        new("clippy-preview", version, host, [Tool("bin/clippy-driver", "clippy-driver", version, stamp), Tool("bin/cargo-clippy", "cargo-clippy", version, stamp)]),
        new("rust-analyzer-preview", version, host, [Tool("bin/rust-analyzer", "rust-analyzer", version, stamp)]),
        new("llvm-tools-preview", version, host, [TarEntry.Executable($"lib/rustlib/{host}/bin/llvm-nm", "#!/bin/sh\n")]),
        new("rust-src", version, null, [TarEntry.File("lib/rustlib/src/rust/library/core/src/lib.rs", "//! core\n")]),
    ];

    /// <summary>
    /// What a release was before there were manifests of version 2: three packages in one archive, without targets in
    /// their names, the standard library part of the compiler.
    /// </summary>
    internal static IReadOnlyList<Package> InOneArchive(Release release, string host)
    {
        var packages = release.Packages.Where(package => package.Target == host).ToDictionary(package => package.Name);
        var compiler = packages["rustc"] with { Files = [.. packages["rustc"].Files, .. packages["rust-std"].Files] };
        return [compiler, packages["cargo"], packages["rust-docs"]];
    }

    private static Package Compiler(string version, string stamp, string host) => new("rustc", version, host,
    [
        TarEntry.Executable("bin/rustc", Script("rustc", version, stamp)),
        Tool("bin/rustdoc", "rustdoc", version, stamp),
        Tool("bin/rust-gdb", "rust-gdb", version, stamp),
        TarEntry.File("lib/stamp", stamp + "\n"),
        TarEntry.File($"lib/librustc_driver-{stamp}.so", string.Concat(Enumerable.Repeat($"driver {stamp}\n", 4000))),
        TarEntry.File("share/doc/rust/README.md", "rustc\n"),
    ]);

    private static Package StandardLibrary(string version, string stamp, string target) => new("rust-std", version, target,
    [
        .. Enumerable.Range(1, 8).Select(number => TarEntry.File(
            $"lib/rustlib/{target}/lib/lib{number}-{stamp}.rlib", $"library {number} of {stamp}\n")),
    ]);

    private static Package Documentation(string version, string host) => new("rust-docs", version, host,
    [
        TarEntry.File("share/doc/rust/html/index.html", $"{version}\n"),
        .. new[] { "std", "core", "alloc", "book" }.SelectMany(book => Enumerable.Range(1, 6).Select(page =>
            TarEntry.File($"share/doc/rust/html/{book}/page{page}.html", $"{book} {page}\n"))),
        TarEntry.File("share/doc/rust/html/std/index.html", "std\n"),
    ])
    {
        ManifestLines = ["dir:share/doc/rust/html"],
    };

    private static TarEntry Tool(string path, string name, string version, string stamp) =>
        TarEntry.Executable(path, Script(name, version, stamp));

    // What careful daemons and some build tools do at their start; bash because sh knows descriptors of one digit only.
    private const string CloseAll =
        """for path in /proc/$$/fd/*; do n=${path##*/}; if [ "$n" -gt 2 ]; then eval "exec $n>&-"; fi; done; echo closed; cat >/dev/null; exec "$@" """;

    /// <summary>
    /// <c>--hold</c> waits until its input ends; <c>then COMMAND</c> does so and runs the command, <c>close-all COMMAND</c>
    /// after closing every descriptor but its standard streams; anything else is echoed.
    /// </summary>
    private static string Script(string name, string version, string stamp) =>
        $$"""
        #!/bin/sh
        root=$(dirname "$(dirname "$0")")
        if [ "$(cat "$root/lib/stamp")" != "{{stamp}}" ]; then
            echo "{{name}}: inconsistent toolchain in $root" >&2
            exit 86
        fi
        case "${1:-}" in
            --version|-V) echo "{{name}} {{version}}" ;;
            -vV) printf '%s\n' "{{name}} {{version}}" "host: {{Host}}" ;;
            --print) echo "$root" ;;
            --hold) cat >/dev/null; echo released ;;
            then) cat >/dev/null; shift; exec "$@" ;;
            close-all) shift; exec bash -c '{{CloseAll}}' close-all "$@" ;;
            call) shift; exec "$@" ;;
            --env) printenv "$2" ;;
            *) echo "{{name}} $*" ;;
        esac

        """;
}
