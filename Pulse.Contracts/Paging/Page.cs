using System.Globalization;

namespace Pulse.Contracts.Paging;

/// <summary>Limits of every list: <c>?limit=</c> is 1–100.</summary>
public static class PageLimit
{
    public const int Min = 1;
    public const int Max = 100;
    public const int Default = 20;
    public const int FeedDefault = 50;

    /// <summary>What is said of any other.</summary>
    public static readonly string Expected = string.Create(CultureInfo.InvariantCulture, $"The limit is a number from {Min} to {Max}.");

    /// <summary>Reads a limit as its caller wrote it; <paramref name="otherwise"/> if he wrote none.</summary>
    public static bool TryRead(string? text, int otherwise, out int limit)
    {
        limit = otherwise;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= Min and <= Max);
    }
}
