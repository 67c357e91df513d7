using System.Text;

namespace ToolchainStore.Platform.Tests;

/// <summary>What of the other systems can be checked on any: bytes, layouts and texts.</summary>
public sealed unsafe class Structures_of_other_systems
{
    [Fact]
    public void have_the_sizes_of_their_headers()
    {
        Assert.Equal(256, sizeof(LinuxNative.StatXBuffer));
        Assert.Equal(32, sizeof(UnixNative.RangeLock));
        Assert.Equal(144, sizeof(MacNative.MacStat));
        Assert.Equal(52, sizeof(WindowsNative.ByHandleInformation));
        Assert.Equal(40, sizeof(WindowsNative.Basic));
        Assert.Equal(24, sizeof(WindowsNative.Standard));
        Assert.Equal(8, sizeof(WindowsNative.AttributeTag));
        Assert.Equal(24, sizeof(WindowsNative.FileId));
        Assert.Equal(104, sizeof(WindowsNative.StartupInformation));
        Assert.Equal(24, sizeof(WindowsNative.ProcessInformation));
    }

    [Fact]
    public void have_their_fields_where_the_headers_have_them()
    {
        LinuxNative.Entry linux;
        MacNative.Entry mac;
        MacNative.MacStat status;

        Assert.Equal(19, linux.Name - (byte*)&linux);
        Assert.Equal(21, mac.Name - (byte*)&mac);
        Assert.Equal(32, (byte*)&status.Accessed - (byte*)&status);
        Assert.Equal(96, (byte*)&status.Size - (byte*)&status);
    }
}

public sealed class A_Windows_command_line
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData(@"C:\dir\", @"C:\dir\")]
    [InlineData(@"C:\a dir\", @"""C:\a dir\\""")]
    [InlineData("say \"hi\"", @"""say \""hi\""""")]
    [InlineData(@"back\""slash", @"""back\\\""slash""")]
    [InlineData("tab\there", "\"tab\there\"")]
    public void quotes_only_what_needs_it(string argument, string expected) =>
        Assert.Equal("program " + expected, WindowsCommandLine.Format(["program", argument]));
}

public sealed class A_junction
{
    [Fact]
    public void holds_the_target_for_the_system_and_for_people()
    {
        var bytes = WindowsJunction.Format(@"C:\t");

        Assert.Equal(
            "030000A0" + "2400" + "0000" + "0000" + "1000" + "1200" + "0800"
            + Convert.ToHexString(Encoding.Unicode.GetBytes(@"\??\C:\t" + "\0" + @"C:\t" + "\0")),
            Convert.ToHexString(bytes));
    }
}

public sealed class Windows_paths_and_errors
{
    [Theory]
    [InlineData(@"\\?\C:\dir", @"C:\dir")]
    [InlineData(@"\\?\UNC\server\share", @"\\server\share")]
    [InlineData(@"C:\dir", @"C:\dir")]
    public void paths_are_shown_without_prefix(string path, string shown) =>
        Assert.Equal(shown, WindowsPath.ForPeople(path));

    [Theory]
    [InlineData(2, FileSystemError.NotFound)]
    [InlineData(3, FileSystemError.NotFound)]
    [InlineData(5, FileSystemError.AccessDenied)]
    [InlineData(17, FileSystemError.CrossesDevices)]
    [InlineData(19, FileSystemError.ReadOnly)]
    [InlineData(32, FileSystemError.Busy)]
    [InlineData(33, FileSystemError.Busy)]
    [InlineData(39, FileSystemError.NoSpace)]
    [InlineData(50, FileSystemError.NotSupported)]
    [InlineData(80, FileSystemError.Exists)]
    [InlineData(112, FileSystemError.NoSpace)]
    [InlineData(145, FileSystemError.NotEmpty)]
    [InlineData(183, FileSystemError.Exists)]
    [InlineData(267, FileSystemError.NotADirectory)]
    [InlineData(1142, FileSystemError.TooManyLinks)]
    [InlineData(31337, FileSystemError.Other)]
    public void errors_become_the_distinctions_of_the_store(int number, FileSystemError error) =>
        Assert.Equal(error, WindowsErrors.Classify(number));

    [Fact]
    public void numbers_are_found_in_exceptions() =>
        Assert.Equal(112, WindowsErrors.NumberOf(new IOException("full", unchecked((int)0x80070070))));
}
