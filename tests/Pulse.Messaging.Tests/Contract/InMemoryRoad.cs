using Pulse.Messaging.InMemory;

namespace Pulse.Messaging.Tests.Contract;

internal static class InMemoryRoad
{
    public static Task<Road> OpenAsync()
    {
        var bus = new InMemoryBus(TimeProvider.System).Subscribe("topic", "queue", Road.MaxReceiveCount, Road.Types);
        return Task.FromResult(new Road(bus, "topic", bus.Open("queue"), bus.Open("queue-dlq")));
    }
}

public sealed class InMemoryQueueTests : QueueContract
{
    protected override Task<Road> OpenAsync() => InMemoryRoad.OpenAsync();
}

public sealed class InMemoryPumpTests : PumpContract
{
    protected override Task<Road> OpenAsync() => InMemoryRoad.OpenAsync();
}

public sealed class InMemoryProgressTests : ProgressContract
{
    protected override Task<Road> OpenAsync() => InMemoryRoad.OpenAsync();
}
