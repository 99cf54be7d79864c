namespace Pulse.SystemTests.Security;

/// <summary>
/// Requests that two servers in a row could read differently, so that the second sees a call the first did not. One answer comes back for
/// the bytes sent, and it is a refusal. Where Kestrel refuses before any of our code runs, the refusal has no body.
/// </summary>
public sealed class WireTests(RunningPulse pulse) : SecurityTest(pulse)
{
    private const string Post = "POST /v1/auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n";
    private const string Smuggled = "GET /v1/users/me HTTP/1.1\r\nHost: {host}\r\nX-Smuggled: 1\r\n\r\n";

    /// <summary>A name, the bytes, and whether the refusal is a problem or Kestrel's own.</summary>
    private static readonly Dictionary<string, (string Bytes, bool IsProblem)> Shapes = new(StringComparer.Ordinal)
    {
        ["CL.TE"] = (Post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Smuggled, true),
        ["TE.CL"] = (Post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + Smuggled, true),
        ["two lengths"] = (Post + "Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}" + Smuggled, false),
        ["two lengths in one"] = (Post + "Content-Length: 2, 90\r\n\r\n{}" + Smuggled, false),
        ["negative length"] = (Post + "Content-Length: -2\r\n\r\n{}" + Smuggled, false),
        ["length in hex"] = (Post + "Content-Length: 0x2\r\n\r\n{}" + Smuggled, false),
        ["length beyond 64 bits"] = (Post + "Content-Length: 18446744073709551618\r\n\r\n{}" + Smuggled, false),
        ["space before the colon"] = (Post + "Content-Length : 2\r\n\r\n{}" + Smuggled, false),
        ["TE unknown"] = (Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Smuggled, false),
        ["TE identity"] = (Post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Smuggled, false),
        ["TE with a tab"] = (Post + "Transfer-Encoding:\tx chunked\r\n\r\n0\r\n\r\n" + Smuggled, false),
        ["TE twice"] = (Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + Smuggled, false),
        ["folded header"] = (Post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + Smuggled, false),
        ["chunk size too large"] = (Post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n" + Smuggled, true),
        ["chunk size negative"] = (Post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + Smuggled, true),
        ["chunk size with 0x"] = (Post + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + Smuggled, true),
        ["chunk without its end"] = (Post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n" + Smuggled, true),
        ["chunk extension with a bare line feed"] = (Post + "Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n" + Smuggled, true),
        ["header with a bare carriage return"] = (Post + "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + Smuggled, false),
        ["header with NUL"] = (Post + "X-A: b\0c\r\nContent-Length: 0\r\n\r\n" + Smuggled, false),
        ["header name with a space"] = (Post + "X A: b\r\nContent-Length: 0\r\n\r\n" + Smuggled, false),
        ["header without a name"] = (Post + ": b\r\nContent-Length: 0\r\n\r\n" + Smuggled, false),
        ["header without a colon"] = (Post + "Content-Length\r\n\r\n" + Smuggled, false),
        ["no host"] = ("GET /v1/users/me HTTP/1.1\r\n\r\n" + Smuggled, false),
        ["two hosts"] = ("GET /v1/users/me HTTP/1.1\r\nHost: {host}\r\nHost: users\r\n\r\n" + Smuggled, false),
        ["space before the first header"] = ("GET /v1/users/me HTTP/1.1\r\n Host: {host}\r\n\r\n" + Smuggled, false),
        ["other version"] = ("GET /v1/users/me HTTP/3.9\r\nHost: {host}\r\n\r\n" + Smuggled, false),
        ["no version"] = ("GET /v1/users/me\r\n\r\n" + Smuggled, false),
        ["two spaces"] = ("GET  /v1/users/me HTTP/1.1\r\nHost: {host}\r\n\r\n" + Smuggled, false),
        ["tab in the request line"] = ("GET\t/v1/users/me HTTP/1.1\r\nHost: {host}\r\n\r\n" + Smuggled, false),
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_Ambiguous_IsRefusedAndNothingBehindItIsRead(string name)
    {
        var (bytes, isProblem) = Shapes[name];

        var answer = await RawGateway.SendAsync(Pulse, bytes.Replace("{host}", Pulse.Api.BaseAddress!.Authority, StringComparison.Ordinal), Ct);

        Assert.True(answer.Answers == 1, $"{answer.Answers} answers: {answer.Text}");
        Assert.True(answer.Status is 400 or 411 or 413 or 501 or 505 or 431, answer.Text);
        Assert.True(answer.IsProblem == isProblem, answer.Text);
    }
}
