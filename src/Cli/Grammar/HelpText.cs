using System.CommandLine;
using System.Text;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Grammar;

/// <summary>A verb's help, to the byte as rustup's parser library (clap) lays it out.</summary>
internal sealed class HelpText
{
    internal const int DefaultWidth = 100;

    private const int Tab = 2;
    private const int ShortFormWidth = 4;
    private const int NextLineIndent = 10;

    private readonly StringBuilder text = new();
    private readonly int width;
    private readonly bool isSpacious;

    private HelpText(int width, bool isSpacious)
    {
        this.width = width;
        this.isSpacious = isSpacious;
    }

    internal static string Format(Verb verb, int width) => Format(verb, width, isSpacious: false);

    /// <summary>With an empty line between options, as bare <c>rustup</c> prints it.</summary>
    internal static string FormatSpacious(Verb verb, int width) =>
        Format(verb, width, isSpacious: true) + "\n";

    private static string Format(Verb verb, int width, bool isSpacious)
    {
        var help = new HelpText(width, isSpacious);
        help.AppendHead(verb);
        help.AppendVerbs([.. verb.Verbs.Where(each => !each.Hidden)]);
        help.AppendArguments(verb);
        help.AppendOptions("Options", [.. verb.AllOptions.Where(option => !option.Hidden && !Verb.IsAdditional(option))]);
        help.AppendOptions("Store options", [.. verb.AllOptions.Where(Verb.IsAdditional)]);
        if (verb.Discussion is { } discussion)
        {
            help.AppendSection(new HelpSection("Discussion", discussion));
        }
        foreach (var section in verb.Sections)
        {
            help.AppendSection(section);
        }
        return help.text.ToString();
    }

    private void AppendHead(Verb verb)
    {
        if (verb.HasVersion)
        {
            text.Append(Version.Line(verb.Name)).Append("\n\n");
        }
        text.Append(Wrap(verb.Description!, width, "")).Append("\n\n");
        text.Append(Notation.Usage(verb)).Append('\n');
    }

    private void AppendVerbs(IReadOnlyList<Verb> verbs)
    {
        if (verbs.Count == 0)
        {
            return;
        }
        AppendHeading("Commands");
        var longest = verbs.Max(verb => verb.Name.Length);
        AppendRows(
            [.. verbs.Select(verb => new Row(TextStyle.Literal.Apply(verb.Name), longest, verb.Description!, ""))],
            indent: longest + (2 * Tab));
    }

    private void AppendArguments(Verb verb)
    {
        if (verb.Arguments.Count == 0)
        {
            return;
        }
        AppendHeading("Arguments");
        var longest = verb.Arguments.Max(argument => Notation.Of(argument).Length);
        AppendRows(
            [.. verb.Arguments.Select(argument => CreateRow(argument, longest))],
            indent: longest + (2 * Tab),
            isSpacious);
    }

    private void AppendOptions(string heading, IReadOnlyList<Option> options)
    {
        if (options.Count == 0)
        {
            return;
        }
        AppendHeading(heading);
        var longest = options.Max(option => Notation.Of(option).Length);
        AppendRows(
            [.. options.Select(option => CreateRow(option, longest + ShortFormWidth))],
            indent: longest + (2 * Tab) + ShortFormWidth,
            isSpacious);
    }

    private void AppendSection(HelpSection section)
    {
        AppendHeading(section.Heading);
        foreach (var line in section.Text.Split('\n'))
        {
            var wrapped = line.Length == 0 ? "" : Wrap("  " + line, width, "");
            var indent = wrapped[..(wrapped.Length - wrapped.TrimStart(' ').Length)];
            text.Append(StyleOf(line.TrimStart(' ')) is { } style ? indent + style.Apply(wrapped[indent.Length..]) : wrapped)
                .Append('\n');
        }
    }

    /// <summary>What people type, and the grammar of toolchain names, stand out.</summary>
    private static TextStyle? StyleOf(string words) => words switch
    {
        ['$', ' ', ..] or ['P', 'S', ' ', 'C', ':', ..] or "fpath+=~/.zfunc" => TextStyle.Literal,
        ['<', ..] => TextStyle.Placeholder,
        _ => null,
    };

    private void AppendHeading(string heading) =>
        text.Append('\n').Append(TextStyle.Good.Apply($"{heading}:")).Append('\n');

    private static Row CreateRow(Symbol symbol, int column) =>
        new(Notation.InHelp(symbol), column, symbol.Description ?? "", FormatValues(symbol as ITakesValues));

    private static string FormatValues(ITakesValues? values)
    {
        List<string> parts = [];
        if (values?.DefaultText is { } defaultText)
        {
            parts.Add($"[default: {defaultText}]");
        }
        if (values?.PossibleValues is { Count: > 0 } possible)
        {
            parts.Add($"[possible values: {string.Join(", ", possible)}]");
        }
        return string.Join(' ', parts);
    }

    private void AppendRows(IReadOnlyList<Row> rows, int indent, bool spread = false)
    {
        var onNextLine = spread || rows.Any(row => NeedsNextLine(row, indent));
        foreach (var (index, row) in rows.Index())
        {
            text.Append(spread && index > 0 ? "\n" : "").Append(' ', Tab).Append(row.Name);
            var help = string.Join(' ', new[] { row.Help, row.Values }.Where(part => part.Length > 0));
            if (onNextLine)
            {
                text.Append('\n').Append(' ', NextLineIndent);
                text.Append(Wrap(help, width - NextLineIndent, new string(' ', NextLineIndent)));
            }
            else
            {
                text.Append(' ', row.Column - TextStyle.Strip(row.Name).Length + Tab);
                text.Append(Wrap(help, width - indent, new string(' ', indent)));
            }
            text.Append('\n');
        }
    }

    /// <summary>When names take much of the line and a text would not fit beside them.</summary>
    private bool NeedsNextLine(Row row, int indent) =>
        width >= indent
        && (float)indent / width > 0.40f
        && row.Help.Length + row.Values.Length > width - indent;

    /// <summary>Breaks at spaces; a line's own indentation is repeated on the lines it becomes.</summary>
    private static string Wrap(string line, int width, string indent)
    {
        var own = line[..(line.Length - line.TrimStart(' ').Length)];
        var wrapped = new StringBuilder(own);
        var column = own.Length;
        var spaces = 0;
        foreach (var word in line[own.Length..].Split(' '))
        {
            if (column > own.Length && column + spaces + word.Length > width)
            {
                wrapped.Append('\n').Append(indent).Append(own);
                column = own.Length;
                spaces = 0;
            }
            wrapped.Append(' ', spaces).Append(word);
            column += spaces + word.Length;
            spaces = 1;
        }
        return wrapped.ToString();
    }

    private readonly record struct Row(string Name, int Column, string Help, string Values);
}
