using System.Diagnostics.Metrics;

namespace Pulse.PostService.Safety;

/// <summary>Meter <c>Pulse.Safety</c>: <c>.verdicts</c> texts that were limited or refused, by rule.</summary>
internal sealed class SafetyTelemetry(IMeterFactory meters)
{
    private readonly Counter<long> _verdicts = meters.Create("Pulse.Safety").CreateCounter<long>("pulse.safety.verdicts", "{post}", "Texts that were limited or refused.");

    public void Checked(Verdict verdict)
    {
        if (verdict.Outcome == Outcome.Allow) return;

        _verdicts.Add(1, new("rule", verdict.Rule), new("outcome", verdict.Outcome == Outcome.Limit ? "limit" : "reject"));
    }
}
