namespace Pulse.UserService.Tests;
public sealed class Tmp
{
    [Fact]
    public async Task Bus_Starts_Answers()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var bus = await Pulse.TestInfrastructure.LocalBus.CreateAsync("{\"region\":\"us-east-1\",\"topics\":[{\"name\":\"posts\"}]}", ct);
        await bus.StopAsync(ct);
        await bus.StartAsync(ct);
        bus.Pause(); bus.Resume();
    }
}
