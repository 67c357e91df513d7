using System.Diagnostics.CodeAnalysis;

namespace ToolchainStore;

/// <summary>A SHA-256 in lower-case hex: says what a thing is. It cannot be malformed once it exists.</summary>
public readonly record struct Digest
{
    public const int HexLength = 64;

    private readonly string? hex;

    private Digest(string hex) => this.hex = hex;

    public string Hex => hex ?? throw new InvalidOperationException("a default Digest names nothing");

    public static Digest Parse(string text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new StoreException(StoreErrorKind.Corrupt, $"'{text}' is not a SHA-256 digest");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: HexLength } || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }
        digest = new Digest(text.ToLowerInvariant());
        return true;
    }

    public static Digest FromBytes(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(bytes));

    public override string ToString() => Hex;
}
