using ToolchainStore.Tests.Support;

// Writes the small distribution mirror that the demo and scripts install from.
const string InOneArchive = "--in-one-archive";
var isInOneArchive = args.Contains(InOneArchive);
string[] positional = [.. args.Except([InOneArchive])];
if (positional.Length is not (1 or 2) || positional.Any(word => word.StartsWith('-')))
{
    Console.Error.WriteLine(
        $"""
        usage: small-mirror FOLDER [DAY] [{InOneArchive}]
            DAY             the last day that there are releases of: 1, unless it says another
            {InOneArchive}  as before there were manifests of version 2
        """);
    return 1;
}
var day = positional.Length == 2 ? int.Parse(positional[1]) : 1;
var mirror = new Mirror(Path.GetFullPath(positional[0]));
for (var past = 1; past <= day; past++)
{
    if (isInOneArchive)
    {
        SmallMirror.AdvanceInOneArchiveTo(mirror, past);
    }
    else
    {
        SmallMirror.AdvanceTo(mirror, past);
    }
}
Console.WriteLine(mirror.FileUrl);
return 0;
