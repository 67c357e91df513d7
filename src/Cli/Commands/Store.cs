using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store</c></summary>
internal static class Store
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("store", "Inspect and clean the toolchain store") { IsAddition = true };
        verb.Add(StoreGarbageCollect.Create(context));
        verb.Add(StoreAdopt.Create(context));
        verb.Add(StoreExport.Create(context));
        verb.Add(StoreImport.Create(context));
        verb.Add(StoreFreeze.Create(context));
        verb.Add(StoreStatus.Create(context));
        verb.Add(StoreVerify.Create(context));
        verb.Add(StoreLog.Create(context));
        verb.Add(StoreUndo.Create(context));
        verb.Add(StoreDoctor.Create(context));
        verb.Add(StoreConvert.Create(context));
        verb.Add(StoreRefresh.Create(context));
        verb.Add(StoreEnsure.Create(context));
        verb.Add(StoreUnpack.Create(context));
        verb.Add(StoreRelease.Create(context));
        return verb;
    }
}
