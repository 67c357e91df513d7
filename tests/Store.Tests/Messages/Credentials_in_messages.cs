using ToolchainStore.Messages;

namespace ToolchainStore.Tests.Messages;

public sealed class Credentials_in_messages
{
    [Theory]
    [InlineData("nothing here", "nothing here")]
    [InlineData("GET https://bob:hunter2@mirror:8401/dist/x: 200", "GET https://***@mirror:8401/dist/x: 200")]
    [InlineData("'http://bob@a/x' and 'https://c:d@e'", "'http://***@a/x' and 'https://***@e'")]
    [InlineData("https://a/x@y mail me@there", "https://a/x@y mail me@there")]
    [InlineData("https://p@ss@word@host/x", "https://***@host/x")]
    [InlineData("ends in ://", "ends in ://")]
    public void are_hidden(string said, string shown)
    {
        Assert.Equal(shown, Credentials.Hide(said));
        Assert.Equal(
            $"info: {shown}\n", TextStyle.Strip(new MessageFormat(directives: null, listsCauses: false).Format(MessageLevel.Info, said)!));
    }
}
