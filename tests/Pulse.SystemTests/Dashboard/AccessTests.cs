using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pulse.SystemTests.Dashboard;

/// <summary>Who may see what the system says of itself, and from where.</summary>
public sealed class AccessTests(RunningPulse pulse, DashboardBrowser browser) : SystemTest(pulse), IClassFixture<DashboardBrowser>
{
    private const string Unauthenticated = "16";
    private const string Ok = "0";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public Task Dashboard_NoToken_AsksForItAndShowsNothing() => browser.VisitAsStrangerAsync(async page =>
    {
        foreach (var path in (string[])["/", "/traces", "/consolelogs/resource/fanout", "/login?t=0123456789abcdef"])
        {
            await page.GotoAsync(new Uri(Pulse.Dashboard.Page, path).AbsoluteUri);
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Log in", Exact = true })).ToBeVisibleAsync();
            await Expect(page.GetByText("fanout", new() { Exact = true })).ToHaveCountAsync(0);
        }
    });

    [Theory]
    [InlineData("resources")]
    [InlineData("traces")]
    [InlineData("logs")]
    public async Task TelemetryApi_WithoutTheKey_Is401(string what)
    {
        foreach (var key in (string?[])[null, "wrong"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Pulse.Dashboard.TelemetryApi}/{what}");
            if (key is not null) request.Headers.Add("x-api-key", key);
            using var answer = await Client.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Otlp_WithoutTheKey_Is401()
    {
        var dashboard = FindDashboard().Environment;
        var key = dashboard["DASHBOARD__OTLP__PRIMARYAPIKEY"];
        foreach (var signal in (string[])["traces", "metrics", "logs"])
        {
            Assert.Equal(HttpStatusCode.OK, await OverHttpAsync(signal, key));
            Assert.Equal(HttpStatusCode.Unauthorized, await OverHttpAsync(signal, "wrong"));
            Assert.Equal(HttpStatusCode.Unauthorized, await OverHttpAsync(signal, key: null));
        }

        var export = $"{dashboard["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]}/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        Assert.Equal((HttpStatusCode.OK, Ok), await CallAsync(export, "x-otlp-api-key", key));
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(export, "x-otlp-api-key", "wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(export, "x-otlp-api-key", key: null)).Status);

        async Task<HttpStatusCode> OverHttpAsync(string signal, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{dashboard["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]}/v1/{signal}") { Content = new ByteArrayContent([]) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            if (key is not null) request.Headers.Add("x-otlp-api-key", key);
            using var answer = await Client.SendAsync(request, Ct);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("GetApplicationInformation")]
    [InlineData("WatchResources")]
    [InlineData("ExecuteResourceCommand")]
    public async Task ResourceService_WithoutTheKey_IsUnauthenticated(string call)
    {
        var dashboard = FindDashboard().Environment;
        var address = $"{dashboard["DASHBOARD__RESOURCESERVICECLIENT__URL"]}/aspire.v1.DashboardService/";
        var key = dashboard["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"];

        Assert.Equal((HttpStatusCode.OK, Unauthenticated), await CallAsync(address + call, "x-resource-service-api-key", key: null));
        Assert.Equal((HttpStatusCode.OK, Unauthenticated), await CallAsync(address + call, "x-resource-service-api-key", "wrong"));
        Assert.Equal((HttpStatusCode.OK, Ok), await CallAsync($"{address}GetApplicationInformation", "x-resource-service-api-key", key));
    }

    [Fact]
    public async Task Sockets_OfEveryProcess_AreOnTheLoopbackAddressAlone()
    {
        var listeners = PulseProcess.Of(Pulse.Command.Data).SelectMany(process => process.Listeners().Select(address => (process.Name, Address: address))).ToList();

        Assert.DoesNotContain(listeners, listener => !IPAddress.IsLoopback(listener.Address.Address));
        // None was overlooked.
        var ports = new List<int> { Pulse.Command.DashboardPort };
        foreach (var resource in (string[])["postgres", "redis", "bus", "users", "posts", "timelines", "fanout", "gateway"])
        {
            ports.Add(new Uri((await Pulse.StatusAsync(resource, Ct)).GetProperty("urls")[0].GetString()!).Port);
        }

        Assert.Empty(ports.Except(listeners.Select(listener => listener.Address.Port)));
    }

    [Fact]
    public async Task Secrets_InFiles_AreTheOwnersAlone()
    {
        var secrets = (await Pulse.SecretsAsync(Ct)).Values.ToList();
        var folders = new[] { Pulse.Command.Data, Path.Combine(Pulse.Command.Data, ".aspire", "logs") };
        var telling = folders.SelectMany(Directory.EnumerateFiles).Where(file => Path.GetExtension(file) is not (".sock" or ".lock")).Where(file => secrets.Exists(Read(file).Contains)).ToList();

        Assert.Contains(Path.Combine(Pulse.Command.Data, "secrets.json"), telling);
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in telling) Assert.True(File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), $"{file} is {File.GetUnixFileMode(file)}");

        static string Read(string file)
        {
            using var shared = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return shared.ReadToEnd();
        }
    }

    private PulseProcess FindDashboard() => PulseProcess.Of(Pulse.Command.Data).First(process => process.Environment.ContainsKey("DASHBOARD__RESOURCESERVICECLIENT__URL"));

    /// <summary>A gRPC call with an empty message; the status of HTTP, and that of gRPC when there is one.</summary>
    private static async Task<(HttpStatusCode Status, string? Grpc)> CallAsync(string url, string header, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (key is not null) request.Headers.Add(header, key);
        using var answer = await Client.SendAsync(request, Ct);
        await answer.Content.ReadAsByteArrayAsync(Ct);
        HttpHeaders[] ends = [answer.TrailingHeaders, answer.Headers];
        return (answer.StatusCode, ends.Select(end => end.TryGetValues("grpc-status", out var status) ? status.Single() : null).FirstOrDefault(status => status is not null));
    }
}
