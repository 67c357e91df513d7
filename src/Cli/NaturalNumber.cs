namespace ToolchainStore.Cli;

/// <summary>Numbers in environment variables, read and refused as rustup does.</summary>
internal static class NaturalNumber
{
    /// <summary>Null where rustup takes its default instead: for what is no number.</summary>
    internal static int? TryRead(string variable) =>
        CommandEnvironment.Read(variable) is { } text && TryParse(text, out var number, out _)
            ? (int)Math.Min(number, int.MaxValue)
            : null;

    /// <summary>False with a reason for what is no natural number.</summary>
    internal static bool TryParse(string text, out ulong number, out string reason)
    {
        var digits = text.StartsWith('+') ? text[1..] : text;
        reason = digits.Length > 0 && digits.All(char.IsAsciiDigit)
            ? "number too large to fit in target type"
            : "invalid digit found in string";
        number = 0;
        return digits.All(char.IsAsciiDigit) && ulong.TryParse(digits, out number);
    }
}
