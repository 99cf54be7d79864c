namespace Pulse.SystemTests.Supervision;

/// <summary>Another Pulse beside the one of all tests, with two processes each of posts and fanout. A test that needs it starts it.</summary>
public sealed class SecondPulse() : RunningPulse(new Dictionary<string, string>(StringComparer.Ordinal) { ["PULSE_REPLICAS__posts"] = "2", ["PULSE_REPLICAS__fanout"] = "2" })
{
    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;
}
