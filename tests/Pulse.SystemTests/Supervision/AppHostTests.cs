using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Supervision;

/// <summary>A second Pulse beside the first, on ports and data of its own: its life and its death are its own too.</summary>
[Collection<SecondPulseCollection>]
public sealed class AppHostTests(SecondPulse second, RunningPulse first)
{
    private static readonly TimeSpan ToLeaveNothing = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppHost_KilledBesideAnother_LeavesNothingAndTheNextUpFindsItsData()
    {
        await second.UpAsync(Ct);
        await second.Command.MustAsync("status", Ct);
        var author = await second.NewUserAsync(Ct);
        var post = await author.PostAsync("before the end", Ct);
        using (var stranger = await first.Api.GetAsync($"/v1/users/{author.Id}", Ct)) Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
        Assert.NotEmpty(second.Command.Processes());

        using (var appHost = Process.GetProcessById(await AppHostAsync())) appHost.Kill();
        await Until.TrueAsync(() => Task.FromResult(second.Command.Processes().Count == 0), "no process of the killed AppHost is left, Postgres included", ToLeaveNothing, Ct);
        await first.Command.MustAsync("status", Ct);

        await second.UpAsync(Ct);
        await second.Command.MustAsync("status", Ct);
        // A page may lack it for a moment, and says so: the services have only just met.
        await author.FeedUntilAsync(page => page.Ids.Contains(post), "the post from before the end is there", Ct);
        await second.Errors.AssertNoneButAsync(new HashSet<int>(), Ct);

        await second.Command.MustAsync("down --clean", Ct);
        Assert.Empty(second.Command.Processes());
        Assert.False(await AnswersAsync(second.Command.GatewayPort));
        Assert.False(await AnswersAsync(second.Command.DashboardPort));
        Assert.False(Directory.Exists(second.Command.Data));
        await first.Command.MustAsync("status", Ct);
    }

    [Fact]
    public async Task Up_GivenTwiceThenFrozen_StartsOnceAndGoesDownWithoutARest()
    {
        await second.Command.MustAsync("down", Ct);
        var starting = second.Command.MustAsync("up --detach", Ct);
        await Until.TrueAsync(async () => (await second.Command.RunAsync("status", Ct)).Output.Contains("STATE", StringComparison.Ordinal), "the AppHost answers", Ct);

        Assert.Contains("✓ Pulse is already up", await second.Command.MustAsync("up --detach", Ct), StringComparison.Ordinal);

        await second.Command.MustAsync("status", Ct);
        await starting;
        using (var freeze = Process.Start("kill", ["-STOP", $"{await AppHostAsync()}"])) await freeze.WaitForExitAsync(Ct);

        await second.Command.MustAsync("down", Ct);

        Assert.Empty(second.Command.Processes());
    }

    private async Task<int> AppHostAsync() =>
        int.Parse(await File.ReadAllTextAsync(Path.Combine(second.Command.Data, "apphost.pid"), Ct), CultureInfo.InvariantCulture);

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
