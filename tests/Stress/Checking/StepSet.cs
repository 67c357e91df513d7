namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>An immutable set of positions in a history.</summary>
internal readonly struct StepSet : IEquatable<StepSet>
{
    private const int WordBits = 64;

    private readonly ulong[] words;

    internal StepSet(int count) => words = new ulong[(count + WordBits - 1) / WordBits];

    private StepSet(ulong[] words) => this.words = words;

    internal bool Contains(int position) => (words[position / WordBits] & Bit(position)) != 0;

    internal StepSet With(int position)
    {
        var copy = (ulong[])words.Clone();
        copy[position / WordBits] |= Bit(position);
        return new StepSet(copy);
    }

    public bool Equals(StepSet other) => words.AsSpan().SequenceEqual(other.words);

    public override bool Equals(object? obj) => obj is StepSet other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in words)
        {
            hash.Add(word);
        }
        return hash.ToHashCode();
    }

    private static ulong Bit(int position) => 1UL << (position % WordBits);
}
