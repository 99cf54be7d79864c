namespace Aspire.Hosting.Supervision;

/// <summary>Exit codes as a person reads them.</summary>
internal static class ExitCodes
{
    private const int Signalled = 128;

    /// <summary>Those that end a process which does not expect them, by their numbers on Linux.</summary>
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [5] = "SIGTRAP",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
        [24] = "SIGXCPU",
        [25] = "SIGXFSZ",
        [31] = "SIGSYS",
    };

    /// <summary>`exited with code 134 (SIGABRT)`: a signal ends a process with 128 and its number.</summary>
    public static string Describe(int code) =>
        Signals.TryGetValue(code - Signalled, out var signal) ? $"exited with code {code} ({signal})" : $"exited with code {code}";
}
