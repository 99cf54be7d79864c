using System.Diagnostics;
using OpenTelemetry;

namespace Pulse.ServiceDefaults.Telemetry;

/// <summary>Keeps health probes, several a second, from pushing real traces out of the dashboard.</summary>
internal sealed class ProbeSpanFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/health" or "/alive")
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
