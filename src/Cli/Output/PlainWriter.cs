using System.Text;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Output;

/// <summary>Writes texts without their colours.</summary>
/// <remarks>A code must not be divided between two calls.</remarks>
internal sealed class PlainWriter(TextWriter writer) : TextWriter
{
    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => writer.Write(value);

    public override void Write(string? value) => writer.Write(value is null ? null : TextStyle.Strip(value));

    public override void WriteLine(string? value) => writer.WriteLine(value is null ? null : TextStyle.Strip(value));

    public override void WriteLine() => writer.WriteLine();

    public override void Flush() => writer.Flush();
}
