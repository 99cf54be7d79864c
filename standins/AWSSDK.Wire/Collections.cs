namespace Amazon.Wire;

/// <summary>Line 4 of the SDK: collections are null until set, unless <see cref="AWSConfigs.InitializeCollections"/> asks for the older habit.</summary>
internal static class Collections
{
    public static List<T> List<T>() => AWSConfigs.InitializeCollections ? [] : null;

    public static Dictionary<string, T> Map<T>() => AWSConfigs.InitializeCollections ? new(StringComparer.Ordinal) : null;
}
