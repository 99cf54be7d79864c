namespace Pulse.AppHost.Tests.Topology;

/// <summary>Of the stand-in alone: the real package would ask an engine.</summary>
public sealed class StandInContainerTests
{
    [Theory]
    [InlineData(true, "Aspire.Hosting.PostgreSQL: the container 'postgres' needs the real package, its stand-in runs no containers.")]
    [InlineData(false, "Aspire.Hosting.Redis: the container 'redis' needs the real package, its stand-in runs no containers.")]
    public async Task Start_Container_IsRefusedBeforeAnythingRuns(bool postgres, string expected)
    {
        var builder = RunningApplication.CreateBuilder();
        var password = builder.AddParameter("password", () => "secret", secret: true);
        if (postgres) builder.AddPostgres("postgres", password: password);
        else builder.AddRedis("redis", password: password);
        builder.AddExecutable("other", "/bin/sh", "/", "-c", "exec sleep 600");
        await using var app = builder.Build();

        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(expected, refused.Message);
        Assert.False(app.ResourceNotifications.TryGetCurrentState("other", out _));
    }
}
