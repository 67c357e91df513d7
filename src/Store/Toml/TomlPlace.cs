namespace ToolchainStore.Toml;

/// <summary>A piece of one line of a TOML document; line and column count from one.</summary>
internal readonly record struct TomlPlace(int Line, int Column, int Width)
{
    public const int ToEndOfLine = int.MaxValue;

    public static TomlPlace Start => new(1, 1, 1);

    /// <summary>What stands for a table is the line of its header.</summary>
    public TomlPlace WholeLine => this with { Column = 1, Width = ToEndOfLine };
}
