using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.Authentication;

public sealed class OutsideHeaderTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("X-Pulse-Service-Key")]
    [InlineData("x-pulse-service-key")]
    [InlineData("X_Pulse_Service_Key")]
    [InlineData("X-Pulse_Service-Key")]
    [InlineData("HTTP_X_PULSE_SERVICE_KEY")]
    [InlineData("X-Pulse-User")]
    [InlineData("X_User_Id")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded-By")]
    [InlineData("X-Original-For")]
    [InlineData("X-Original-Host")]
    [InlineData("X-Client-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("X-Auth-Request-User")]
    [InlineData("X-Authenticated-User")]
    [InlineData("X-Roles")]
    [InlineData("X-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("Content_Length")]
    [InlineData("Transfer_Encoding")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Via")]
    [InlineData("Host_")]
    [InlineData("X-Amzn-Oidc-Identity")]
    [InlineData("X-User-Id")]
    [InlineData("X-Forwarded-User")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Real-IP")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("Forwarded")]
    [InlineData("Remote-User")]
    [InlineData("Cookie")]
    [InlineData("baggage")]
    public async Task Header_Spoofed_StaysOutside(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/42");
        request.Headers.TryAddWithoutValidation(name, "spoofed=1");

        using var response = await gateway.Client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(gateway.Users.Requests.Last().Headers, header => header.Value.Contains("spoofed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ForwardedHeaders_Spoofed_AreTheGatewaysOwn()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/42");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        using var response = await gateway.Client.SendAsync(request, Ct);

        var received = gateway.Users.Requests.Last().Headers;
        Assert.Equal("127.0.0.1", received["X-Forwarded-For"].Replace("::ffff:", "", StringComparison.Ordinal));
        Assert.Equal("http", received["X-Forwarded-Proto"]);
        Assert.Equal(gateway.Address.Authority, received["X-Forwarded-Host"]);
    }

    [Theory]
    [InlineData("User-Agent", "Lesegerät/1.0")]
    [InlineData("Accept-Language", "de, 日本語")]
    [InlineData("If-None-Match", "\"ü\"")]
    public async Task Header_InUtf8_IsPassedOn(string name, string value)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Ct);
        await using var stream = socket.GetStream();

        await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET /v1/users/42 HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\n{name}: {value}\r\n\r\n"), Ct);

        using var reader = new StreamReader(stream, Encoding.UTF8);
        Assert.StartsWith("HTTP/1.1 200 ", await reader.ReadToEndAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(value, gateway.Users.Requests.Last().Headers[name]);
    }

    [Theory]
    [InlineData("Idempotency-Key", "abc")]
    [InlineData("If-None-Match", "\"42\"")]
    [InlineData("Last-Event-ID", "cursor")]
    [InlineData("Accept", "text/event-stream")]
    public async Task Header_OfTheApi_IsPassedOn(string name, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/42");
        request.Headers.TryAddWithoutValidation(name, value);

        using var response = await gateway.Client.SendAsync(request, Ct);

        Assert.Equal(value, gateway.Users.Requests.Last().Headers[name]);
    }

    [Fact]
    public async Task Trace_OfTheCaller_GoesOnInTheService()
    {
        var trace = ActivityTraceId.CreateRandom();
        var span = ActivitySpanId.CreateRandom();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/42");
        request.Headers.Add("traceparent", $"00-{trace}-{span}-01");

        using var response = await client.SendAsync(request, Ct);

        var received = gateway.Users.Requests.Last().Headers["traceparent"];
        Assert.StartsWith($"00-{trace}-", received, StringComparison.Ordinal);
        Assert.DoesNotContain(span.ToHexString(), received, StringComparison.Ordinal);
    }
}
