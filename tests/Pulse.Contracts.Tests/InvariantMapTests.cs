using System.Globalization;
using System.Text.RegularExpressions;

namespace Pulse.Contracts.Tests;

/// <summary>docs/invariants.md and the attributes of the tests say the same. Read as text: no test project knows all the others.</summary>
public sealed partial class InvariantMapTests
{
    private const int Invariants = 31;

    private static readonly string Root = FindRoot();

    [Fact]
    public void Map_Rows_AreAllInvariantsOnce() => Assert.Equal(Enumerable.Range(1, Invariants), Rows().Select(row => row.Number));

    [Fact]
    public void Map_EveryRow_NamesTestsOrSaysLater() =>
        Assert.All(Rows(), row => Assert.True(row.Tests.Count > 0 || row.Text.Contains("*later* ", StringComparison.Ordinal), $"Row {row.Number} says nothing."));

    [Fact]
    public void Map_EveryNamedTest_HasTheNumber()
    {
        var traits = Traits();
        foreach (var (number, tests, _) in Rows())
        {
            foreach (var test in tests) Assert.True(traits.Contains((test, number)), $"Row {number} names {test}, which has no [Trait(\"Invariant\", \"{number}\")].");
        }
    }

    [Fact]
    public void Map_EveryTestWithANumber_IsInItsRow()
    {
        var rows = Rows().ToDictionary(row => row.Number, row => row.Tests);
        foreach (var (test, number) in Traits())
        {
            Assert.True(rows.TryGetValue(number, out var tests), $"{test} shows {number}, which has no row.");
            // A class stands for its methods, and a method for its class.
            var named = tests.Any(name => name == test || test.StartsWith($"{name}.", StringComparison.Ordinal) || name.StartsWith($"{test}.", StringComparison.Ordinal));
            Assert.True(named, $"{test} shows {number}; row {number} does not name it.");
        }
    }

    // | 5 | words | *slice* `Project/Class.Method`, `Project/Class` · *later* words |
    private static List<(int Number, List<string> Tests, string Text)> Rows() =>
    [
        .. RowPattern().Matches(File.ReadAllText(Path.Combine(Root, "docs", "invariants.md"))).Select(row => (
            int.Parse(row.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
            NamePattern().Matches(row.Groups["tests"].Value).Select(name => name.Groups["name"].Value).ToList(),
            row.Groups["tests"].Value)),
    ];

    /// <summary>Every test method and class with the numbers that its attributes give it.</summary>
    private static HashSet<(string Test, int Number)> Traits()
    {
        HashSet<(string, int)> traits = [];
        foreach (var project in new DirectoryInfo(Path.Combine(Root, "tests")).EnumerateDirectories("Pulse.*"))
        {
            var name = project.Name["Pulse.".Length..].Replace(".Tests", "", StringComparison.Ordinal);
            foreach (var file in project.EnumerateFiles("*.cs", SearchOption.AllDirectories)) ReadTraits(name, File.ReadLines(file.FullName), traits);
        }

        return traits;
    }

    private static void ReadTraits(string project, IEnumerable<string> lines, HashSet<(string Test, int Number)> traits)
    {
        List<int> waiting = [];
        var type = "";
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (TraitPattern().Match(line) is { Success: true } trait)
            {
                waiting.Add(int.Parse(trait.Groups["number"].ValueSpan, CultureInfo.InvariantCulture));
            }
            else if (ClassPattern().Match(line) is { Success: true } declared)
            {
                type = $"{project}/{declared.Groups["name"].Value}";
                Take(type);
            }
            else if (MethodPattern().Match(line) is { Success: true } method)
            {
                // A class whose methods have the number may be named as a whole.
                foreach (var number in waiting) traits.Add((type, number));
                Take($"{type}.{method.Groups["name"].Value}");
            }
        }

        void Take(string test)
        {
            foreach (var number in waiting) traits.Add((test, number));
            waiting.Clear();
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Pulse.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| [^|]+ \| (?<tests>[^|]+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"`(?<name>\w+/\w+(\.\w+)?)`", RegexOptions.ExplicitCapture)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^\[Trait\(""Invariant"", ""(?<number>\d+)""\)\]$", RegexOptions.ExplicitCapture)]
    private static partial Regex TraitPattern();

    [GeneratedRegex(@"^(public|internal) (\w+ )*class (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ClassPattern();

    [GeneratedRegex(@"^public (async )?\S+ (?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex MethodPattern();
}
