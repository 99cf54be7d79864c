using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Pulse.SystemTests.Running;

/// <summary>The whole system, started by <c>./pulse up --detach</c> and stopped by <c>./pulse down --clean</c>.</summary>
public class RunningPulse : IAsyncLifetime
{
    /// <summary>Followers from which on an author is pulled here.</summary>
    public const int PushFollowerLimit = 20;

    /// <summary>Short, so that a timeline shows soon what fan-out did with a new follow, and not what the reader looked up beside it.</summary>
    /// <summary>A post with this word is refused.</summary>
    public const string BlockedTerm = "verbotenwort";

    /// <summary>A post with this word is for its author alone.</summary>
    public const string LimitedTerm = "zweifelwort";

    public static readonly TimeSpan YoungEdge = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["PULSE__Fanout__PushFollowerLimit"] = $"{PushFollowerLimit}",
        ["PULSE__Feed__YoungEdge"] = $"{YoungEdge:c}",
        ["PULSE__RateLimits__Scale"] = "1000",
        // What a killed worker held comes again after this long.
        ["PULSE__Queues__Visibility"] = "00:00:10",
        // Every token is refused after a second here.
        ["PULSE__Media__CollectInterval"] = "00:00:01",
        ["PULSE__Safety__BlockedTerms__0"] = BlockedTerm,
        ["PULSE__Safety__LimitedTerms__0"] = LimitedTerm,
        ["PULSE__Erasure__Grace"] = "00:00:03",
        ["PULSE__Erasure__SweepInterval"] = "00:00:01",
    };

    private readonly PulseCommand _pulse;
    private readonly HttpClient _control;
    private int _accounts;

    public RunningPulse()
        : this([])
    {
    }

    private protected RunningPulse(Dictionary<string, string> settings)
    {
        _pulse = new PulseCommand(Settings.Concat(settings).ToDictionary(StringComparer.Ordinal));
        _control = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_pulse.ControlSocket), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://pulse") };
        Errors = new ErrorLog(_control);
        Api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_pulse.GatewayPort}") };
    }

    internal PulseCommand Command => _pulse;

    /// <summary>A client without a token.</summary>
    public HttpClient Api { get; }

    internal ErrorLog Errors { get; }

    internal TelemetryApi Telemetry { get; private set; } = null!;

    internal DashboardAddress Dashboard { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => await UpAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts it, unless it is up.</summary>
    internal async Task UpAsync(CancellationToken ct)
    {
        await _pulse.MustAsync("up --detach", ct);
        var urls = await _control.GetFromJsonAsync<JsonElement>("/urls", ct);
        var telemetry = urls.GetProperty("dashboard_api").GetString()!;
        Telemetry = new TelemetryApi(telemetry, urls.GetProperty("dashboard_api_key").GetString()!);
        Dashboard = new DashboardAddress(new Uri(urls.GetProperty("dashboard").GetString()!), urls.GetProperty("dashboard_login").GetString()!, telemetry);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _pulse.MustAsync("down --clean", CancellationToken.None);
        _control.Dispose();
        Api.Dispose();
    }

    /// <summary>Stops or starts a resource; returns when that state is reached.</summary>
    internal Task ResourceAsync(string name, string command, CancellationToken ct) => _pulse.MustAsync($"resource {name} {command}", ct);

    internal async Task<string> LogAsync(string resource, CancellationToken ct) => await _control.GetStringAsync($"/resources/{resource}/logs", ct);

    /// <summary>The ids of everything that has a log.</summary>
    internal async Task<IReadOnlyList<string>> ResourcesAsync(CancellationToken ct)
    {
        var all = await _control.GetFromJsonAsync<JsonElement>("/resources", ct);
        return [.. all.GetProperty("resources").EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
    }

    /// <summary>A process as <c>./pulse status</c> shows it, by the name of its resource or, of several, by its id.</summary>
    internal async Task<JsonElement> StatusAsync(string resource, CancellationToken ct)
    {
        var all = await _control.GetFromJsonAsync<JsonElement>("/resources", ct);
        return all.GetProperty("resources").EnumerateArray().Single(one => one.GetProperty("name").GetString() == resource || one.GetProperty("id").GetString() == resource);
    }

    /// <summary>The ids of the processes of a resource.</summary>
    internal async Task<IReadOnlyList<string>> ProcessesAsync(string resource, CancellationToken ct)
    {
        var all = await _control.GetFromJsonAsync<JsonElement>("/resources", ct);
        return [.. all.GetProperty("resources").EnumerateArray().Where(one => one.GetProperty("name").GetString() == resource).Select(one => one.GetProperty("id").GetString()!)];
    }

    /// <summary>How to reach one of the databases behind everybody's back; the password is what ./pulse keeps beside the data.</summary>
    internal async Task<string> DatabaseAsync(string name, CancellationToken ct)
    {
        var address = new Uri((await StatusAsync("postgres", ct)).GetProperty("urls")[0].GetString()!);
        var password = (await SecretsAsync(ct))["postgres-password"];
        return $"Host={address.Host};Port={address.Port};Username=postgres;Password={password};Database={name};Pooling=false";
    }

    /// <summary>What ./pulse keeps beside the data, by name.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> SecretsAsync(CancellationToken ct) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(Path.Combine(_pulse.Data, "secrets.json"), ct))!;

    /// <summary>Empties Redis behind everybody's back.</summary>
    internal async Task FlushRedisAsync(CancellationToken ct)
    {
        var address = new Uri((await StatusAsync("redis", ct)).GetProperty("urls")[0].GetString()!);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, ct);
        var stream = client.GetStream();
        await stream.WriteAsync("FLUSHALL\r\n"u8.ToArray(), ct);
        var answer = new byte[5];
        await stream.ReadExactlyAsync(answer, ct);
        Assert.Equal("+OK\r\n"u8.ToArray(), answer);
    }

    internal async Task<IReadOnlyList<PulseUser>> NewUsersAsync(int count, CancellationToken ct)
    {
        var users = new PulseUser[count];
        // Hashing passwords takes most of it: as many at a time as there are cores.
        await Parallel.ForAsync(0, count, ct, async (index, token) => users[index] = await NewUserAsync(token));
        return users;
    }

    /// <summary>Signs somebody up and in.</summary>
    internal async Task<PulseUser> NewUserAsync(CancellationToken ct)
    {
        var username = $"person_{Interlocked.Increment(ref _accounts)}";
        var account = new { username, email = $"{username}@example.org", password = "password123" };
        using var signup = await Api.PostAsJsonAsync("/v1/auth/signup", account, ct);
        var user = await signup.MustJsonAsync(ct);
        return new PulseUser(Api.BaseAddress!, user.GetProperty("id").GetString()!, username, await TokenAsync(username, account.password, ct));
    }

    /// <summary>Signs in somebody who is there already.</summary>
    internal async Task<PulseUser> LogInAsync(string username, string password, CancellationToken ct)
    {
        var token = await TokenAsync(username, password, ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/me") { Headers = { Authorization = new("Bearer", token) } };
        using var me = await Api.SendAsync(request, ct);
        return new PulseUser(Api.BaseAddress!, (await me.MustJsonAsync(ct)).GetProperty("id").GetString()!, username, token);
    }

    private async Task<string> TokenAsync(string username, string password, CancellationToken ct)
    {
        using var login = await Api.PostAsJsonAsync("/v1/auth/login", new { username, password }, ct);
        return (await login.MustJsonAsync(ct)).GetProperty("access_token").GetString()!;
    }
}

/// <summary>Where the dashboard is: the page, the page with its token, and the telemetry API.</summary>
internal sealed record DashboardAddress(Uri Page, string Login, string TelemetryApi);
