using System.Globalization;
using System.Text;

namespace ToolchainStore.Messages;

/// <summary>How the messages on standard error look, and which of them are written.</summary>
/// <param name="directives">RUSTUP_LOG: <c>info</c>, <c>rustup=debug,warn</c>. Null: the ordinary form.</param>
/// <param name="listsCauses">Each cause of an error on a line of its own.</param>
public sealed class MessageFormat(string? directives, bool listsCauses)
{
    internal const string Variable = "RUSTUP_LOG";

    // What RUSTUP_LOG may name of us.
    private const string Target = "rustup";

    private readonly MessageLevel? fixedThreshold = directives is null ? null : FindThreshold(directives);

    /// <summary>What is below is not written. RUSTUP_LOG wins over what the command line says.</summary>
    public MessageLevel Threshold
    {
        get => fixedThreshold ?? field;
        set;
    } = MessageLevel.Info;

    /// <param name="arguments">What the program was called with: a verbose one lists causes, even where it is a tool's flag.</param>
    public static MessageFormat FromEnvironment(IEnumerable<string> arguments) => new(
        Read(Variable),
        Read("RUSTUP_NO_BACKTRACE") is null
            && (Read("RUST_BACKTRACE") == "1" || arguments.Any(argument => argument is "-v" or "--verbose")));

    /// <summary>The lines to write, with colours; null if the message is not to be written.</summary>
    public string? Format(MessageLevel level, string message)
    {
        if (level < Threshold)
        {
            return null;
        }
        message = Credentials.Hide(message);
        return directives is null
            ? $"{StyleOf(level).Apply($"{NameOf(level)}:")} {message}\n"
            : FormatDated(level, message);
    }

    /// <summary>The error with its causes; what a library threw below them says nothing that they do not.</summary>
    public string? Format(StoreException failure)
    {
        List<string> causes = [];
        for (var cause = failure.InnerException; cause is StoreException; cause = cause.InnerException)
        {
            causes.Add(cause.Message);
        }
        return Format(
            MessageLevel.Error, listsCauses ? failure.Message + List(causes) : Join([failure.Message, .. causes]));
    }

    /// <summary>On one line what happened and why; what to do about any of it comes after that.</summary>
    private static string Join(IReadOnlyList<string> messages)
    {
        var parts = messages.Select(message => message.IndexOf("\nhelp: ", StringComparison.Ordinal) is >= 0 and var help
            ? (Fault: message[..help], Help: message[help..])
            : (Fault: message, Help: "")).ToList();
        return string.Join(": ", parts.Select(part => part.Fault)) + string.Concat(parts.Select(part => part.Help));
    }

    private static string List(IReadOnlyList<string> causes)
    {
        var text = new StringBuilder(causes.Count > 0 ? "\n\nCaused by:" : "");
        for (var index = 0; index < causes.Count; index++)
        {
            var lead = causes.Count > 1 ? $"{index,5}: " : "    ";
            text.Append('\n').Append(lead)
                .Append(causes[index].Replace("\n", "\n" + new string(' ', lead.Length), StringComparison.Ordinal));
        }
        return text.ToString();
    }

    private static string FormatDated(MessageLevel level, string message)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var name = DatedStyleOf(level).Apply($"{NameOf(level).ToUpperInvariant(),5}");
        return $"{TextStyle.Dim.Apply(now)} {name} {TextStyle.Dim.Apply(Target)}{TextStyle.Dim.Apply(":")} {message}\n";
    }

    /// <summary>The most exact directive for us; without any valid one the usual threshold.</summary>
    private static MessageLevel FindThreshold(string directives)
    {
        var found = (Length: -1, Level: MessageLevel.Off);
        var isAnyValid = false;
        foreach (var directive in directives.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = directive.Split('=', 2);
            var (target, level) = parts switch
            {
                [var name, var text] => (name, ParseLevel(text)),
                _ when ParseLevel(directive) is { } general => ("", (MessageLevel?)general),
                _ => (directive, MessageLevel.Trace),
            };
            isAnyValid |= level is not null;
            var isOurs = target is "" or Target || target.StartsWith(Target + "::", StringComparison.Ordinal);
            if (isOurs && level is { } valid && target.Length > found.Length)
            {
                found = (target.Length, valid);
            }
        }
        return isAnyValid ? found.Level : MessageLevel.Info;
    }

    private static MessageLevel? ParseLevel(string text) => text.ToUpperInvariant() switch
    {
        "TRACE" or "5" => MessageLevel.Trace,
        "DEBUG" or "4" => MessageLevel.Debug,
        "INFO" or "3" => MessageLevel.Info,
        "WARN" or "2" => MessageLevel.Warn,
        "ERROR" or "1" => MessageLevel.Error,
        "OFF" or "0" => MessageLevel.Off,
        _ => null,
    };

    private static string NameOf(MessageLevel level) => level switch
    {
        MessageLevel.Trace => "trace",
        MessageLevel.Debug => "debug",
        MessageLevel.Info => "info",
        MessageLevel.Warn => "warn",
        MessageLevel.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    private static TextStyle StyleOf(MessageLevel level) => level switch
    {
        MessageLevel.Trace => new TextStyle("\u001b[1m\u001b[34m"),
        MessageLevel.Debug => new TextStyle("\u001b[1m\u001b[35m"),
        MessageLevel.Warn => new TextStyle("\u001b[1m\u001b[33m"),
        MessageLevel.Error => new TextStyle("\u001b[1m\u001b[31m"),
        _ => TextStyle.Bold,
    };

    private static TextStyle DatedStyleOf(MessageLevel level) => new(level switch
    {
        MessageLevel.Trace => "\u001b[35m",
        MessageLevel.Debug => "\u001b[34m",
        MessageLevel.Warn => "\u001b[33m",
        MessageLevel.Error => "\u001b[31m",
        _ => "\u001b[32m",
    });

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
