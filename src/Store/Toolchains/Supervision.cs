using System.Globalization;
using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>
/// A proxy that stays as the parent of its tool: it learns from the journal, on whatever machine, when somebody wants the
/// tool's tree to be left, and ends the tool: asked first, then after <see cref="Grace"/> forced.
/// </summary>
/// <param name="machine">Where the journal is.</param>
/// <param name="layout">Whose journal it is.</param>
/// <param name="tree">What the tool runs from, and by which name.</param>
/// <param name="since">The newest notice when the name led there: only later ones are meant.</param>
/// <param name="reporter">Whom to tell that the tool is ended.</param>
public sealed class Supervision(Machine machine, StoreLayout layout, PinnedTree tree, long since, Reporter reporter)
{
    /// <summary><c>1</c>: proxies stay as parents.</summary>
    public const string Variable = "RUSTUP_STORE_SUPERVISE";

    /// <summary>How long a tool may take to end by itself.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan pollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>What a proxy gives to `rustup`, ahead of the tool's arguments; the tree is in <see cref="PinnedTree.Variable"/>.</summary>
    public static IReadOnlyList<string> Describe(string program, long since) =>
        ["store", "supervise", since.ToString(CultureInfo.InvariantCulture), program];

    /// <summary>What <see cref="Describe"/> made, taken apart; null if these are other arguments.</summary>
    public static (string Program, long Since)? TryParse(IReadOnlyList<string> arguments) =>
        arguments is ["store", "supervise", var number, var program, ..]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
            ? (program, since)
            : null;

    /// <summary>Runs the tool to its end and ends as it does.</summary>
    /// <exception cref="FileSystemException">The program cannot be executed.</exception>
    public int Run(string program, IReadOnlyList<byte[]> arguments)
    {
        using var tool = ProcessImage.StartInPlace(program, arguments);
        new Thread(() => Watch(tool, Path.GetFileNameWithoutExtension(program))) { IsBackground = true }.Start();
        return tool.WaitAndFollow();
    }

    private void Watch(IToolProcess tool, string name)
    {
        if (SelectionQuery.TryOpen(machine, layout, JournalPatience.Default) is not { } journal)
        {
            return;
        }
        using (journal)
        {
            WaitUntilTold(journal);
        }
        reporter.Info($"stopping {name}: a command that changed {tree.ToolchainName} was given `--stop-running`");
        tool.AskToEnd();
        machine.Sleep(Grace);
        tool.Kill();
    }

    /// <remarks>Locking: between two looks no snapshot is held, and a look without news is one read of the header.</remarks>
    private void WaitUntilTold(SelectionQuery journal)
    {
        string? seen = null;
        while (true)
        {
            try
            {
                journal.LeaveSnapshot();
                var version = journal.FindDataVersion();
                if (version != seen)
                {
                    journal.StartNewSnapshot();
                    if (journal.IsToldToStop(tree.TreeId, tree.ToolchainName, since))
                    {
                        return;
                    }
                    seen = version;
                }
            }
            catch (StoreException)
            {
                // Somebody commits to a rollback journal, say: no news yet. The tool runs on as it does without us.
            }
            machine.Sleep(pollInterval);
        }
    }
}
