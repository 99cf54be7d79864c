namespace Pulse.AppHost.Control;

/// <summary>A reason not to start, or not to go on starting, that a person can act on.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);

internal static class Refusal
{
    public static void Print(string message) => Console.Error.WriteLine($"✗ {message}");
}
