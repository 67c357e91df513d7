namespace ToolchainStore.Cli.Grammar;

/// <summary>Text at the end of a verb's help, without the first two columns.</summary>
internal sealed record HelpSection(string Heading, string Text);
