namespace ToolchainStore.Toolchains;

/// <summary>The tools that rustup stands in for, and the component that each comes with.</summary>
public static class ToolComponents
{
    /// <summary>The names under which we are a proxy, in the order in which errors list them.</summary>
    public static IReadOnlyList<string> ProxyNames { get; } =
    [
        "rustc", "rustdoc", "cargo", "rust-lldb", "rust-gdb", "rust-gdbgui", "rls", "cargo-clippy", "clippy-driver",
        "cargo-miri", "rust-analyzer", "rustfmt", "cargo-fmt",
    ];

    /// <summary>The error for a program that was called by a name which is none of them.</summary>
    public static StoreException UnknownProxy(string name) => new(
        StoreErrorKind.Usage,
        $"unknown proxy name: '{name}'; valid proxy names are {string.Join(", ", ProxyNames.Select(known => $"'{known}'"))}");

    /// <summary>The component's short name; null for <c>rust-analyzer</c>, as in rustup 1.29.0.</summary>
    public static string? FindComponent(string tool) => tool switch
    {
        "rustc" or "rustdoc" or "rust-lldb" or "rust-gdb" or "rust-gdbgui" => "rustc",
        "cargo" => "cargo",
        "rls" => "rls",
        "cargo-clippy" or "clippy-driver" => "clippy",
        "cargo-miri" => "miri",
        "rustfmt" or "cargo-fmt" => "rustfmt",
        _ => null,
    };
}
