namespace Pulse.Contracts.Paging;

/// <summary>Limits of every list: <c>?limit=</c> is 1–100.</summary>
public static class PageLimit
{
    public const int Min = 1;
    public const int Max = 100;
    public const int Default = 20;
    public const int FeedDefault = 50;
}
