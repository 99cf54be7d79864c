using System.Diagnostics;
using OpenTelemetry;

namespace Pulse.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps what a process does by itself, several times a second, from pushing the traces of requests out of the dashboard:
/// health probes with all that they cause, and polls of the database and the queues, which are calls that no work began.
/// </summary>
internal sealed class BackgroundSpanFilter : BaseProcessor<Activity>
{
    private const string Probe = "pulse.probe";

    /// <summary>Marks the span of a health probe at its start.</summary>
    public static void MarkProbe(Activity span) => span.SetCustomProperty(Probe, Probe);

    public override void OnEnd(Activity data)
    {
        var isPoll = data.Kind == ActivityKind.Client && data.ParentSpanId == default;
        if (isPoll || IsProbe(data)) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static bool IsProbe(Activity? span)
    {
        for (; span is not null; span = span.Parent)
        {
            if (span.GetCustomProperty(Probe) is not null) return true;
        }

        return false;
    }
}
