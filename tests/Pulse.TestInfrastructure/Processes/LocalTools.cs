using System.Text.Json;

namespace Pulse.TestInfrastructure.Processes;

/// <summary>Where <c>./pulse setup</c> put the servers that tests run against.</summary>
internal sealed record LocalTools(string PostgresBin, string RedisServer, string Node, string BusDirectory)
{
    private static readonly Lazy<LocalTools> Found = new(Read);

    public static LocalTools Current => Found.Value;

    /// <summary>The folder of <c>Pulse.sln</c>.</summary>
    public static DirectoryInfo Root { get; } = FindRoot();

    private static LocalTools Read()
    {
        var path = Path.Combine(Root.FullName, "artifacts", "tools.json");
        if (!File.Exists(path)) throw new InvalidOperationException("artifacts/tools.json is missing; run ./pulse setup");
        return JsonSerializer.Deserialize<LocalTools>(File.ReadAllText(path), JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("artifacts/tools.json is empty; run ./pulse setup");
    }

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pulse.sln"))) folder = folder.Parent;
        return folder ?? throw new InvalidOperationException("Pulse.sln stands in no folder above the tests.");
    }
}
