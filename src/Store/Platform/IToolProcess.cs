namespace ToolchainStore.Platform;

/// <summary>
/// A child that does what this process was started for: it has our streams, our variables and our terminal, and we end as
/// it does.
/// </summary>
public interface IToolProcess : IDisposable
{
    /// <summary>Asks it to end, unless somebody did by way of us; where programs cannot be asked, nothing happens.</summary>
    void AskToEnd();

    void Kill();

    /// <summary>Waits for its end; its exit code. If a signal ended it, the same one ends us.</summary>
    int WaitAndFollow();
}
