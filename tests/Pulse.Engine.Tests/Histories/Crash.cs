using Pulse.Engine.Tests.Engine;

namespace Pulse.Engine.Tests.Histories;

/// <summary>The process died.</summary>
internal sealed class CrashException() : Exception("The process died.");

/// <summary>Ends whatever it watches before the given Redis command.</summary>
internal sealed class Crash(int before) : IProbe
{
    private int _commands;

    public void Before(string step)
    {
        if (step != Probe.Statement && Interlocked.Increment(ref _commands) > before) throw new CrashException();
    }

    public void After()
    {
    }
}
