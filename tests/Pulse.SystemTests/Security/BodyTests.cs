using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Pulse.SystemTests.Security;

/// <summary>Bodies that a parser could choke on, on every call that takes one.</summary>
public sealed class BodyTests(RunningPulse pulse) : SecurityTest(pulse)
{
    private const int Limit = 64 * 1024;
    private static Account? _account;

    public static readonly string[] Writes = ["/v1/auth/signup", "/v1/auth/login", "/v1/auth/refresh", "/v1/posts", "/auth/login", "/tweets"];

    /// <summary>By name, so that a failing row can be read.</summary>
    private static readonly Dictionary<string, byte[]> Malformed = new(StringComparer.Ordinal)
    {
        ["nothing"] = [],
        ["null"] = "null"u8.ToArray(),
        ["a number"] = "17"u8.ToArray(),
        ["cut off"] = """{"content":"a","username":"a"""u8.ToArray(),
        ["two documents"] = """{"content":"a"} {"content":"b"}"""u8.ToArray(),
        ["a comment"] = """/* x */ {"content":"a"}"""u8.ToArray(),
        ["a trailing comma"] = """{"content":"a","username":"a","password":"b","refresh_token":"c",}"""u8.ToArray(),
        ["single quotes"] = "{'content':'a'}"u8.ToArray(),
        ["nested arrays"] = Nested("""{"x":""", "[", "]", 20_000, "}"),
        ["nested arrays in a field"] = Nested("""{"repost_of":""", "[", "]", 20_000, "}"),
        ["nested objects"] = Nested("", """{"content":""", "}", 5_000, ""),
        ["nested and cut off"] = Encoding.ASCII.GetBytes(new string('[', 60_000)),
        ["a level too deep"] = Nested("""{"x":""", "[", "]", 40, "}"),
        ["a field twice"] = """{"content":"a","content":"b","username":"a","username":"b","password":"c","refresh_token":"d","refresh_token":"e"}"""u8.ToArray(),
        ["a field twice, escaped"] = """{"content":"a","\u0063ontent":"b","username":"a","\u0075sername":"b","refresh_token":"d","refresh\u005ftoken":"e"}"""u8.ToArray(),
        ["invalid UTF-8"] = [.. """{"content":"a"""u8, 0xff, 0xfe, .. "\",\"username\":\""u8, 0xc0, 0xaf, .. "\",\"password\":\"password123\",\"refresh_token\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8],
        ["invalid UTF-8 in a name"] = [.. "{\""u8, 0xff, .. "\":1}"u8],
        ["half a surrogate pair"] = """{"content":"\ud800","username":"\ud800","password":"\ud800password","refresh_token":"\udc00"}"""u8.ToArray(),
        ["a NUL byte"] = [.. """{"content":"a"""u8, 0, .. "\"}"u8],
        ["a raw line break"] = "{\"content\":\"a\nb\",\"username\":\"a\nb\",\"refresh_token\":\"a\nb\"}"u8.ToArray(),
        ["UTF-16"] = Encoding.Unicode.GetBytes("""{"content":"a"}"""),
        ["huge numbers"] = Encoding.ASCII.GetBytes($$"""{"content":1{{new string('0', 50_000)}},"username":1e999999,"refresh_token":-1e400}"""),
        ["a number for an id"] = """{"content":"a","in_reply_to":9223372036854775807,"username":1,"refresh_token":1}"""u8.ToArray(),
        ["an id beyond 64 bits"] = """{"content":"a","in_reply_to":"99999999999999999999","username":1,"refresh_token":1}"""u8.ToArray(),
        ["not a number"] = """{"content":NaN,"username":Infinity,"refresh_token":-Infinity}"""u8.ToArray(),
        ["wrong types"] = """{"content":{},"username":[],"password":true,"refresh_token":{}}"""u8.ToArray(),
        ["prototype"] = """{"__proto__":{"x":1},"constructor":{},"content":[],"username":[],"refresh_token":[]}"""u8.ToArray(),
        ["a form"] = "content=a&username=a&password=b&refresh_token=c"u8.ToArray(),
        ["XML"] = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>"""u8.ToArray(),
        ["gzip"] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0],
    };

    public static TheoryData<string> MalformedNames => [.. Malformed.Keys];

    [Fact]
    public async Task Body_ThatStopsComing_Is408()
    {
        var answer = await RawGateway.SendAsync(
            Pulse, $"POST /v1/auth/login HTTP/1.1\r\nHost: {Pulse.Api.BaseAddress!.Authority}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"username\":", Ct);

        Assert.Equal((408, true), (answer.Status, answer.IsProblem));
    }

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public async Task Body_Malformed_Is400(string name)
    {
        var account = _account ??= await NewAccountAsync();
        foreach (var path in Writes)
        {
            using var content = new ByteArrayContent(Malformed[name]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await SendAsync("POST", path, account.Access, content);
            await RefusedAsync(answer, HttpStatusCode.BadRequest);
        }
    }

    public static TheoryData<string> ForeignTypes =>
    [
        "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream",
        "application/json; charset=utf-16", "application/json; charset=utf-7", "application/json; charset=iso-8859-1", "application/jsonp", "application/x-json", "*/*", "json",
    ];

    [Theory]
    [MemberData(nameof(ForeignTypes))]
    public async Task Body_OfAForeignType_Is415(string type)
    {
        var account = _account ??= await NewAccountAsync();
        foreach (var path in Writes)
        {
            using var content = new ByteArrayContent("""{"content":"a","username":"nobody","password":"password123","refresh_token":"x"}"""u8.ToArray());
            if (type.Length > 0) content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await SendAsync("POST", path, account.Access, content);
            await RefusedAsync(answer, HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Theory]
    [InlineData(Limit + 1, false)]
    [InlineData(Limit + 1, true)]
    [InlineData(4 * 1024 * 1024, false)]
    [InlineData(1024 * 1024, true)]
    public async Task Body_Above64KiB_Is413(int bytes, bool chunked)
    {
        var account = _account ??= await NewAccountAsync();
        foreach (var path in Writes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Text($$"""{"content":"{{new string('x', bytes)}}"}""") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Access);
            request.Headers.TransferEncodingChunked = chunked;
            try
            {
                using var answer = await Pulse.Api.SendAsync(request, Ct);
                await RefusedAsync(answer, HttpStatusCode.RequestEntityTooLarge);
            }
            catch (HttpRequestException) when (chunked && bytes > 2 * Limit)
            {
                // Cut off under way: a caller who goes on sending need not see the answer.
            }
        }
    }

    private static byte[] Nested(string start, string open, string close, int depth, string end) =>
        Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Repeat(open, depth)) + (open.StartsWith('{') ? "1" : "") + string.Concat(Enumerable.Repeat(close, depth)) + end);
}
