namespace ToolchainStore.Platform;

/// <summary>
/// Takes bits out of the umask for as long as somebody wants them granted. The mask belongs to the whole process, so grants that overlap
/// add up, and the last one to end brings back the mask that was there before the first. A killed process takes its mask with it.
/// </summary>
internal static class UnixCreationMask
{
    private static readonly Lock gate = new();
    private static readonly List<UnixFileMode> grants = [];
    private static int original;

    public static IDisposable Grant(UnixFileMode bits)
    {
        if (bits == UnixFileMode.None)
        {
            return NoGrant.Instance;
        }
        lock (gate)
        {
            if (grants.Count == 0)
            {
                // The mask cannot be asked for, only replaced; for that moment nobody but the owner may read what is made.
                const int OwnerOnly = 0b111_111;
                original = UnixNative.SetUmask(OwnerOnly);
            }
            grants.Add(bits);
            Apply();
        }
        return new Granted(bits);
    }

    private static void Apply() => UnixNative.SetUmask(original & ~(int)grants.Aggregate(UnixFileMode.None, (all, bits) => all | bits));

    private sealed class Granted(UnixFileMode bits) : IDisposable
    {
        private bool isOver;

        public void Dispose()
        {
            lock (gate)
            {
                if (!isOver)
                {
                    isOver = true;
                    grants.Remove(bits);
                    Apply();
                }
            }
        }
    }

    private sealed class NoGrant : IDisposable
    {
        public static readonly NoGrant Instance = new();

        public void Dispose()
        {
        }
    }
}
