namespace Pulse.StandIns.Tests.Signatures;

/// <summary>One row of a table: a type as the stand-in has it, where it was seen, and what the comparison said.</summary>
internal sealed record SignatureRow(string Type, IReadOnlyList<string> Members, string UsedBy, string Seen, string Verdict)
{
    public const string NotCompared = "not compared yet";

    private const string Break = "<br>";

    // | `Aspire.Hosting.DistributedApplicationOptions` | `string[]? Args { get; set; }`<br>`bool DisableDashboard { get; set; }` | AppHost | A | same |
    public static SignatureRow? Parse(string line)
    {
        var cells = line.Split(" | ");
        return cells.Length == 5 && cells[0].StartsWith("| `", StringComparison.Ordinal)
            ? new SignatureRow(cells[0][2..].Trim('`'), [.. cells[1].Split(Break, StringSplitOptions.RemoveEmptyEntries).Select(m => m.Trim('`')).Where(m => m is not "–")], cells[2], cells[3], cells[4][..^2])
            : null;
    }

    public override string ToString() =>
        $"| `{Type}` | {(Members.Count == 0 ? "–" : string.Join(Break, Members.Select(m => $"`{m}`")))} | {UsedBy} | {Seen} | {Verdict} |";
}

/// <summary>standins/signatures/{package}.md: prose, then one table with a row per public type.</summary>
internal static class SignatureTable
{
    public const string WriteVariable = "PULSE_WRITE_SIGNATURES";

    public static string PathOf(string package)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pulse.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "standins", "signatures", package + ".md");
    }

    public static Dictionary<string, SignatureRow> Read(string package) =>
        File.ReadAllLines(PathOf(package)).Select(SignatureRow.Parse).OfType<SignatureRow>().ToDictionary(row => row.Type, StringComparer.Ordinal);

    /// <summary>Brings the rows up to the assembly; what was said of a known type stays, what was not known is to be compared.</summary>
    public static void Write(string package, IReadOnlyDictionary<string, IReadOnlyList<string>> surface)
    {
        var known = Read(package);
        var rows = surface.Select(type => known.TryGetValue(type.Key, out var row)
            ? row with { Members = type.Value }
            : new SignatureRow(type.Key, type.Value, "–", "–", SignatureRow.NotCompared));
        var prose = File.ReadAllLines(PathOf(package)).Where(line => SignatureRow.Parse(line) is null);
        File.WriteAllLines(PathOf(package), prose.Concat(rows.Select(row => row.ToString())));
    }
}
