using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Pulse.AppHost.Local;

/// <summary>Where `./pulse setup` put the tools: artifacts/tools.json.</summary>
internal sealed record LocalTools(string PostgresBin, string RedisServer, string Node, string BusDirectory, string? Dashboard)
{
    public static bool TryRead(string file, [NotNullWhen(true)] out LocalTools? tools)
    {
        tools = null;
        if (!File.Exists(file)) return false;
        try
        {
            tools = JsonSerializer.Deserialize<LocalTools>(File.ReadAllText(file), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return false;
        }

        return tools is { PostgresBin: not null, RedisServer: not null, Node: not null, BusDirectory: not null };
    }

    /// <summary>The first tool that is not where the file says, if any.</summary>
    public string? FindMissing() =>
        ((string[])[Path.Combine(PostgresBin, "postgres"), RedisServer, Node, Path.Combine(BusDirectory, "bus-emulator.mjs"), Path.Combine(BusDirectory, "mail-sink.mjs")]).FirstOrDefault(path => !File.Exists(path));
}
