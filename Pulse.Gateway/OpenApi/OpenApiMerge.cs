using System.Text.Json.Nodes;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.OpenApi;

/// <summary>One document out of those of the services. Pure: it copies what it takes.</summary>
internal static class OpenApiMerge
{
    private const string SchemaPrefix = "#/components/schemas/";

    public static JsonObject Merge(IReadOnlyList<ServiceDocument> documents)
    {
        var merged = GatewayDocument.Create();
        var paths = merged["paths"]!.AsObject();
        var components = merged["components"]!.AsObject();
        foreach (var document in documents)
        {
            var renamed = Renamed(document, components);
            foreach (var (section, entries) in Entries(document.Json["components"]))
            {
                var target = Child(components, section);
                foreach (var (name, entry) in Entries(entries)) target[section == "schemas" ? renamed.GetValueOrDefault(name, name) : name] = Copy(entry, renamed);
            }

            foreach (var (path, operations) in Entries(document.Json["paths"]).Where(entry => IsPublic(entry.Key)))
            {
                var target = Child(paths, path);
                foreach (var (method, operation) in Entries(operations)) target[method] = Describe(method, path, Copy(operation, renamed));
            }
        }

        AddOldNames(paths);
        return merged;
    }

    // Each as the call that it stands for.
    private static void AddOldNames(JsonObject paths)
    {
        foreach (var row in RouteTable.All.Where(row => row.Target is not null))
        {
            if (paths[row.TargetPath]?[Key(row.TargetMethod)] is not JsonObject call) continue;

            var old = call.DeepClone().AsObject();
            old["deprecated"] = true;
            old["summary"] = $"The old name of {row.Target}";
            if (call["operationId"] is { } id) old["operationId"] = $"{id}By{row.Method}{row.Path.Replace('/', '_')}";
            Child(paths, row.Path)[Key(row.Method)] = old;
        }
    }

    private static string Key(string method) => method.ToLowerInvariant();

    private static bool IsPublic(string path) => !path.StartsWith("/internal", StringComparison.OrdinalIgnoreCase);

    // Two services may have a schema of one name and different shape; the later one is then called after its service.
    private static Dictionary<string, string> Renamed(ServiceDocument document, JsonObject components)
    {
        var taken = Child(components, "schemas");
        return Entries(document.Json["components"]?["schemas"])
            .Where(schema => taken[schema.Key] is { } other && !JsonNode.DeepEquals(other, schema.Value))
            .ToDictionary(schema => schema.Key, schema => $"{char.ToUpperInvariant(document.Service[0])}{document.Service[1..]}{schema.Key}", StringComparer.Ordinal);
    }

    private static JsonNode? Describe(string method, string path, JsonNode? operation)
    {
        if (operation is not JsonObject call) return operation;

        var route = RouteTable.Find($"{method.ToUpperInvariant()} {path}");
        // An empty list lifts the document's "bearer token everywhere".
        if (route is { Access: Access.Open }) call["security"] = new JsonArray();
        GatewayErrors.Add(call, route);
        return operation;
    }

    private static JsonNode? Copy(JsonNode? node, Dictionary<string, string> renamed)
    {
        var copy = node?.DeepClone();
        if (renamed.Count > 0) Rename(copy, renamed);
        return copy;
    }

    private static void Rename(JsonNode? node, Dictionary<string, string> renamed)
    {
        switch (node)
        {
            case JsonObject entries:
                if (entries["$ref"] is JsonValue reference && reference.TryGetValue(out string? target)
                    && target.StartsWith(SchemaPrefix, StringComparison.Ordinal) && renamed.TryGetValue(target[SchemaPrefix.Length..], out var name))
                {
                    entries["$ref"] = SchemaPrefix + name;
                }

                foreach (var (_, child) in entries) Rename(child, renamed);
                break;
            case JsonArray items:
                foreach (var item in items) Rename(item, renamed);
                break;
        }
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject existing) return existing;

        var child = new JsonObject();
        parent[name] = child;
        return child;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(JsonNode? node) => node as JsonObject ?? [];
}

/// <summary>The OpenAPI document of one service.</summary>
internal sealed record ServiceDocument(string Service, JsonObject Json);
