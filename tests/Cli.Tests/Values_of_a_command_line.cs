using System.CommandLine;
using ToolchainStore.Cli.Commands;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Tests;

/// <summary>What the verbs are given, seen through System.CommandLine.</summary>
public sealed class Values_of_a_command_line
{
    private readonly CommandContext context = new(TextWriter.Null, TextWriter.Null);

    [Fact]
    public void lists_are_split_at_commas_and_joined_over_repetitions()
    {
        var bound = Bind("install", "stable", "-c", "a,b", "--component=c", "-td", "beta", "--force");

        Assert.Equal(["stable", "beta"], bound.GetValue<string[]>("TOOLCHAIN")!);
        Assert.Equal(["a", "b", "c"], bound.GetValue<string[]>("--component")!);
        Assert.Equal(["d"], bound.GetValue<string[]>("--target")!);
        Assert.True(bound.GetValue<bool>("--force"));
        Assert.False(bound.GetValue<bool>("--no-update"));
        Assert.Null(bound.GetValue<string?>("--profile"));
    }

    [Fact]
    public void lists_not_given_are_empty()
    {
        var bound = Bind("toolchain", "up");

        Assert.Empty(bound.GetValue<string[]>("TOOLCHAIN")!);
        Assert.Empty(bound.GetValue<string[]>("--component")!);
    }

    [Fact]
    public void empty_values_stay()
    {
        var bound = Bind("component", "add", "", "a", "--target=", "--toolchain", "beta");

        Assert.Equal(["", "a"], bound.GetValue<string[]>("COMPONENT")!);
        Assert.Equal("", bound.GetValue<string?>("--target"));
        Assert.Equal("beta", bound.GetValue<string?>("--toolchain"));
    }

    [Fact]
    public void attached_values_may_look_like_anything()
    {
        Assert.Equal("--x=y:z", Bind("override", "unset", "--path=--x=y:z").GetValue<string?>("--path"));
        Assert.Equal("@a", Bind("override", "unset", "--path", "@a").GetValue<string?>("--path"));
        Assert.Equal("\"a b\"", Bind("override", "unset", "--path", "\"a b\"").GetValue<string?>("--path"));
    }

    [Theory]
    [InlineData("run|stable|cargo|build|--help|-v|--|--bin|", "cargo|build|--help|-v|--|--bin|")]
    [InlineData("run|stable|--install|--|cargo|--|--", "cargo|--|--")]
    [InlineData("run|--|stable|--|a", "--|a")]
    [InlineData("run|stable|run|stable|--install", "run|stable|--install")]
    [InlineData("run|stable|@file|/x|[suggest]|list", "@file|/x|[suggest]|list")]
    public void a_command_to_run_is_passed_verbatim(string arguments, string command)
    {
        var bound = Bind(arguments.Split('|'));

        Assert.Equal("stable", bound.GetValue<string>("TOOLCHAIN"));
        Assert.Equal(command.Split('|'), bound.GetValue<string[]>("COMMAND")!);
    }

    [Fact]
    public void choices_not_made_have_their_default()
    {
        Assert.Equal("default", Bind("set", "profile").GetValue<string>("PROFILE_NAME"));
        Assert.Equal("rustup", Bind("completions", "zsh").GetValue<string>("COMMAND"));
        Assert.Null(Bind("default").GetValue<string>("TOOLCHAIN"));
    }

    [Fact]
    public void the_installer_has_a_default_profile()
    {
        CommandLine.Bind(Initialize.Create(context), ["-y"], HelpText.DefaultWidth, out var bound);

        Assert.Equal("default", bound.GetValue<string?>("--profile"));
        Assert.Empty(bound.GetValue<string[]>("--target")!);
    }

    [Fact]
    public void what_stands_before_the_verb_is_in_the_context()
    {
        Bind("-v", "+nightly", "toolchain", "list", "-q");

        Assert.Equal(MessageLevel.Debug, context.Messages.Threshold);
        Assert.False(context.IsQuiet);
        Assert.Equal("nightly", context.ToolchainOverride);
    }

    [Fact]
    public void what_stands_after_the_verb_is_not()
    {
        Bind("toolchain", "list", "-q");

        Assert.False(context.IsQuiet);
        Assert.Null(context.ToolchainOverride);
    }

    [Fact]
    public void our_own_verbs_are_bound_too()
    {
        var bound = Bind("store", "gc", "--dry-run", "--older-than", "30d", "--keep-generations=2");

        Assert.Equal("gc", bound.CommandResult.Command.Name);
        Assert.True(bound.GetValue<bool>("--dry-run"));
        Assert.Equal("30d", bound.GetValue<string?>("--older-than"));
        Assert.Equal("2", bound.GetValue<string?>("--keep-generations"));
    }

    private ParseResult Bind(params string[] arguments)
    {
        var root = Rustup.Create(context, HelpText.DefaultWidth);
        Assert.Null(CommandLine.Bind(root, arguments, HelpText.DefaultWidth, out var bound));
        root.OnBound!(bound);
        return bound;
    }
}
