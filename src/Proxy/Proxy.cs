using System.Text;
using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Proxy;

/// <summary>
/// What <c>rustc</c>, <c>cargo</c> and the others on PATH are: chooses the toolchain, takes a lease on its tree, and becomes its tool.
/// Nothing is written; whatever needs more than reading is left to the command line.
/// </summary>
internal static class Proxy
{
    internal static int Run()
    {
        var arguments = ProcessImage.ReadArguments();
        var tool = ToolName(arguments);
        if (CommandLineProgram.IsMeant(tool))
        {
            return new CommandLineProgram().Become(arguments);
        }
        if (!ToolComponents.ProxyNames.Contains(tool))
        {
            throw ToolComponents.UnknownProxy(tool);
        }
        if (ToolEnvironment.RecursionCount > ToolEnvironment.RecursionMax)
        {
            throw new StoreException(StoreErrorKind.Usage, "infinite recursion detected");
        }
        if (!UserHomes.AreInEnvironment)
        {
            // A static program has the user database in files, but not the libraries that ask a directory service.
            return new CommandLineProgram().BecomeToFindHomes(arguments);
        }
        SelectionQuery.ExpectOneThread();
        var plusToolchain = arguments.Count > 1 && arguments[1] is [(byte)'+', ..] named
            ? Encoding.UTF8.GetString(named.AsSpan(1))
            : null;
        var passed = arguments.Skip(plusToolchain is null ? 1 : 2).ToList();
        return new ProxyRun(tool, plusToolchain, UserHomes.FromEnvironment()).Become(passed);
    }

    private static string ToolName(IReadOnlyList<byte[]> arguments)
    {
        var forced = Environment.GetEnvironmentVariable("RUSTUP_FORCE_ARG0");
        var path = !string.IsNullOrEmpty(forced) ? forced : Encoding.UTF8.GetString(arguments[0]);
        return Path.GetFileNameWithoutExtension(path);
    }

    /// <summary>One run of one tool.</summary>
    private sealed class ProxyRun(string tool, string? plusToolchain, UserHomes homes)
    {
        private readonly IFileSystem files = Machine.HostFiles.Files;
        private readonly ErrorOutput output = new();
        private readonly StoreLayout layout = new(homes.RustupHome);
        private readonly CommandLineProgram commandLine = new();
        private readonly JournalPatience patience = CreatePatience();

        // What is still lacking after an installation cannot be had; asking again would change nothing.
        private bool isEnsured;

        // The tree that could not be held the last time.
        private ToolchainLocation.Stored? unheld;

        // Of a proxy that stays as its tool's parent; null if it becomes the tool.
        private (PinnedTree Tree, long Since)? supervised;

        internal int Become(IReadOnlyList<byte[]> arguments)
        {
            if (ErrorOutput.MayDebug)
            {
                Machine.HostFiles.Trace = output.Trace;
            }
            if (TryContinue() is { } called)
            {
                return Become(called, arguments);
            }
            for (var lookup = 0; lookup < TreeHolder.LookupsMax; lookup++)
            {
                if (TryPrepare() is { } program)
                {
                    if (supervised is var (tree, since))
                    {
                        return Supervise(program, arguments, tree, since);
                    }
                    return Become(program, arguments);
                }
            }
            throw TreeHolder.NotHeld(files, unheld is null ? $"the toolchain of '{tool}'" : $"toolchain '{unheld.Name}'", unheld);
        }

        private int Become(string program, IReadOnlyList<byte[]> arguments)
        {
            try
            {
                return ProcessImage.Become(program, arguments, searchesPath: false);
            }
            catch (FileSystemException refused) when (TreeHolder.FindDamage(files, layout, program) is { } damage)
            {
                throw new StoreException(StoreErrorKind.Corrupt, damage, refused);
            }
        }

        private static bool StaysAsParent =>
            OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable(Supervision.Variable) == "1";

        /// <summary>What it takes to pass on signals and to poll is not linked into this program where exec will do.</summary>
        private int Supervise(string program, IReadOnlyList<byte[]> arguments, PinnedTree tree, long since) =>
            OperatingSystem.IsWindows()
                ? new Supervision(Machine.HostFiles, layout, tree, since, output).Run(program, arguments)
                : commandLine.BecomeSupervisor(program, arguments, since);

        /// <summary>
        /// As <see cref="TryPrepare()"/>, for what cargo calls while its toolchain stays where it is, which is nearly every call of
        /// a build; null if the journal has to be asked. Over a network it always is: a notice comes before the first lock.
        /// </summary>
        private string? TryContinue()
        {
            if (plusToolchain is not null
                || StaysAsParent
                || PinnedTree.TryParse(Environment.GetEnvironmentVariable(PinnedTree.Variable)) is not { } pin
                || ToolEnvironment.ReadToolchain() != pin.ToolchainName
                || !ToolEnvironment.HasLibrariesOf(layout.Tree(pin.TreeId))
                || new TreeHolder(Machine.HostFiles, layout, query: null, pin).TryHoldInherited(tool, pin.ToolchainName)
                    is not var (tree, lease))
            {
                return null;
            }
            var program = ToolFinder.PathOf(tool, tree);
            if (!files.IsFile(program))
            {
                lease.Dispose();
                return null;
            }
            if (ErrorOutput.MayDebug)
            {
                output.Debug($"'{program}' of toolchain '{pin.ToolchainName}', which calls it");
            }
            ToolEnvironment.Apply(homes, pin.ToolchainName, new SelectionReason.EnvironmentVariable().Id, tree.SysrootPath, pin);
            lease.KeepAcrossExec();
            return program;
        }

        /// <summary>The tool's path with its lease taken and the environment set; null if the tree is gone by now.</summary>
        private string? TryPrepare()
        {
            var (journal, isCurrent) = OpenCurrent();
            var program = TryPrepare(journal, CreateFacts(journal, isCurrent));
            // exec closes the journal, too, and its locks go with its descriptors; by hand it takes as long as two lookups.
            if (program is null || OperatingSystem.IsWindows())
            {
                journal?.Dispose();
            }
            return program;
        }

        private string? TryPrepare(SelectionQuery? journal, SelectionFacts facts)
        {
            Distribution.TargetTriple.ParseHost(facts.DefaultHost);
            var selector = new Selector(files, facts, output);
            var selection = selector.Select(
                Environment.CurrentDirectory, plusToolchain, ToolEnvironment.ReadToolchain())
                ?? throw NothingSelected();
            var inherited = PinnedTree.TryParse(Environment.GetEnvironmentVariable(PinnedTree.Variable));
            var holder = new TreeHolder(Machine.HostFiles, layout, journal, inherited);
            var location = Locate(selection, facts, holder);
            if (location is null)
            {
                Install(selection, journal);
                return null;
            }
            if (!isEnsured && journal is not null && LacksListedComponents(selection, location, journal) && IsAutoInstallAllowed(journal))
            {
                Install(selection, journal);
                return null;
            }
            Lease? lease = null;
            if (location is ToolchainLocation.Stored stored)
            {
                lease = holder.TryHold(stored);
                if (lease is null)
                {
                    unheld = stored;
                    return null;
                }
            }
            var finder = new ToolFinder(files, layout, facts, journal, output);
            var found = finder.Find(tool, selection.Toolchain, location);
            Lease? borrowed = null;
            if (found.Fallback is { } fallback)
            {
                borrowed = holder.TryHold(fallback);
                if (borrowed is null)
                {
                    unheld = fallback;
                    lease?.Dispose();
                    return null;
                }
            }
            var program = found.Path;
            var pin = location is ToolchainLocation.Stored tree && journal?.FindStoreCell(StoreTable.Id) is { } storeId
                ? new PinnedTree(storeId, tree.Name, tree.TreeId)
                : null;
            if (ErrorOutput.MayDebug)
            {
                output.Debug($"'{program}' of toolchain '{selection.Toolchain.Text}': {selection.Reason.Description}");
            }
            ToolEnvironment.Apply(
                homes, selection.Toolchain.Text, selection.Reason.Id, location.SysrootPath, pin);
            ToolEnvironment.ReplaceCargo(files, program);
            lease?.KeepAcrossExec();
            borrowed?.KeepAcrossExec();
            if (StaysAsParent && pin is not null && journal is not null)
            {
                // In the snapshot in which the name leads here: what was said before was not about us.
                supervised = (pin, journal.FindLastNotice());
            }
            return program;
        }

        /// <summary>The journal, and whether it holds settings.toml as the user left it: one <c>stat</c> tells.</summary>
        private (SelectionQuery? Journal, bool IsCurrent) OpenCurrent()
        {
            if (TryOpen() is { } journal)
            {
                if (IsCurrent(journal))
                {
                    return (journal, true);
                }
                journal.Dispose();
            }
            // No journal yet, or an edited settings.toml: the command line brings both up to date, where it may.
            commandLine.Refresh();
            var refreshed = TryOpen();
            return (refreshed, refreshed is not null && IsCurrent(refreshed));
        }

        private static JournalPatience CreatePatience() => JournalPatience.Default with
        {
            Notice = new ErrorOutput().Info,
            NetworkNotice = NetworkNotice.FromEnvironment(),
            Abandon = static failure =>
            {
                ErrorOutput.WriteError(failure);
                Environment.Exit(1);
            },
        };

        private SelectionQuery? TryOpen() => SelectionQuery.TryOpen(Machine.HostFiles, layout, patience);

        private bool IsCurrent(SelectionQuery journal) =>
            SettingsView.IsCurrent(journal.FindStoreCell(StoreTable.SettingsStamp), journal.FindSettingsText, files, layout);

        private SelectionFacts CreateFacts(SelectionQuery? journal, bool isCurrent)
        {
            if (journal is not null && isCurrent)
            {
                return SelectionFacts.Of(journal, files, layout, FallbackSettings.FindDefault, HostTriple.Detect());
            }
            var text = files.TryReadText(layout.SettingsFile);
            var settings = text is null ? Settings.Initial : SettingsFile.Parse(text, layout.SettingsFile);
            return SelectionFacts.Of(
                settings, journal, files, layout, FallbackSettings.FindDefault, HostTriple.Detect());
        }

        private ToolchainLocation? Locate(Selection selection, SelectionFacts facts, TreeHolder holder)
        {
            if (selection.Toolchain is ToolchainReference.AtPath path)
            {
                return new ToolchainLocation.Elsewhere(path.Path);
            }
            var current = facts.Locate(selection.Toolchain.Text);
            if (current is ToolchainLocation.Elsewhere linked && !files.IsDirectory(linked.Path))
            {
                // A link whose directory is gone.
                return null;
            }
            return holder.FindPinned(tool, selection.Toolchain.Text, current) ?? current;
        }

        private bool LacksListedComponents(
            Selection selection, ToolchainLocation location, SelectionQuery journal)
        {
            if (selection.Components.Count == 0 && selection.Targets.Count == 0)
            {
                return false;
            }
            if (location is not ToolchainLocation.Stored stored)
            {
                return selection.Toolchain is ToolchainReference.Named { Name: Distribution.ToolchainName.Official foreign }
                    && LacksListedComponents(selection, location, foreign.Host);
            }
            if (selection.Toolchain is not ToolchainReference.Named { Name: Distribution.ToolchainName.Official name }
                || journal.FindManifestOf(name.Text) is not { } manifest)
            {
                return false;
            }
            var installed = journal.ListComponentsOf(stored.TreeId);
            if (installed.Any(present => present.Package == Distribution.WholeRelease.Package))
            {
                return false;
            }
            return selection.Targets.Any(target => !installed.Contains(("rust-std", target)))
                || selection.Components.Any(component =>
                    journal.FindOfferedPackage(manifest, name.Host, component) is { } package
                    && !installed.Any(present => present.Package == package));
        }

        /// <summary>
        /// Of a toolchain that another rustup installed, by the names in its own list; where renames make that uncertain the
        /// command line, which knows them, finds nothing to do.
        /// </summary>
        private bool LacksListedComponents(Selection selection, ToolchainLocation location, string host)
        {
            var metadata = Path.Combine(location.SysrootPath, "lib", "rustlib");
            if (!files.IsFile(Path.Combine(metadata, "multirust-config.toml"))
                || files.TryReadText(Path.Combine(metadata, "components")) is not { } text)
            {
                return false;
            }
            var installed = text.Split('\n');
            return selection.Targets.Any(target => !installed.Contains($"rust-std-{target}"))
                || selection.Components.Any(component => !installed.Any(line =>
                    line == component || line == $"{component}-{host}"
                    || line == $"{component}-preview" || line == $"{component}-preview-{host}"));
        }

        private bool IsAutoInstallAllowed(SelectionQuery? journal) =>
            Environment.GetEnvironmentVariable("RUSTUP_AUTO_INSTALL") is { Length: > 0 } variable
                ? variable != "0"
                : journal?.FindSetting(SettingKeys.AutoInstall) != "disable";

        private void Install(Selection selection, SelectionQuery? journal)
        {
            if (selection.Toolchain is not ToolchainReference.Named { Name: Distribution.ToolchainName.Official name })
            {
                throw selection.Reason is SelectionReason.CommandLine
                    ? new StoreException(StoreErrorKind.NotFound, $"toolchain '{selection.Toolchain.Text}' is not installed")
                    : selection.NotInstalled();
            }
            if (!IsAutoInstallAllowed(journal))
            {
                throw NotInstalled(name.Text, isActive: plusToolchain is null);
            }
            // It commits, and over a rollback journal would wait for us, who wait for it.
            journal?.EndSnapshot();
            commandLine.Ensure(name.Text, selection);
            isEnsured = true;
            // The facts are of a snapshot from before the installation.
            var (after, isCurrent) = OpenCurrent();
            using var closedAfterwards = after;
            if (CreateFacts(after, isCurrent).Locate(name.Text) is null)
            {
                throw NotInstalled(name.Text, isActive: plusToolchain is null);
            }
        }

        private static StoreException NotInstalled(string name, bool isActive) => new(
            StoreErrorKind.NotFound,
            $"toolchain '{name}' is not installed"
            + $"\nhelp: run `rustup toolchain install{(isActive ? "" : " " + name)}` to install it");

        private StoreException NothingSelected() => new(
            StoreErrorKind.NotFound,
            $"rustup could not choose a version of {tool} to run, because one wasn't specified explicitly, and no default is configured."
            + "\nhelp: run 'rustup default stable' to download the latest stable release of Rust and set it as your default toolchain.");
    }
}
