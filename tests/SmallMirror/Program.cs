using ToolchainStore.Tests.Support;

// Writes the small distribution mirror that the demo and scripts install from.
if (args.Length is not (1 or 2))
{
    Console.Error.WriteLine("usage: small-mirror FOLDER [DAY]");
    return 1;
}
var day = args.Length == 2 ? int.Parse(args[1]) : 1;
Console.WriteLine(SmallMirror.WriteTo(Path.GetFullPath(args[0]), day).FileUrl);
return 0;
