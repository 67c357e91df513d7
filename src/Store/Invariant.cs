using System.Diagnostics.CodeAnalysis;

namespace ToolchainStore;

/// <summary>Facts that must hold; they are checked in every build, because a broken store must stop.</summary>
public static class Invariant
{
    public static void Hold([DoesNotReturnIf(false)] bool condition, string sentence)
    {
        if (!condition)
        {
            throw new StoreException(StoreErrorKind.Broken, $"internal error: this does not hold: {sentence}\nhelp: run the command again; `rustup store report` makes what a bug report needs");
        }
    }
}
