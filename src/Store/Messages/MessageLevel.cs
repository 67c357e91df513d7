namespace ToolchainStore.Messages;

/// <summary>How much a message matters; <see cref="Off"/> as a threshold lets none through.</summary>
public enum MessageLevel
{
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Off,
}
