using Pulse.TestInfrastructure;
using Pulse.UserService.Tests.Hosting;

[assembly: AssemblyFixture(typeof(UsersFixture))]

namespace Pulse.UserService.Tests.Hosting;

/// <summary>One Postgres, one Redis and one running service for the whole run; tests keep apart by their users.</summary>
public sealed class UsersFixture : IAsyncLifetime
{
    public LocalPostgres Postgres { get; private set; } = null!;

    public LocalRedis Redis { get; private set; } = null!;

    public UserServiceApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Postgres = await LocalPostgres.CreateAsync(ct);
        Redis = await LocalRedis.CreateAsync(ct);
        App = await UserServiceApp.StartAsync(await Postgres.CreateDatabaseAsync("users", ct), Redis.ConnectionString, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        Assert.Empty(App.Errors);
    }
}
