namespace Pulse.Contracts;

/// <summary>Who may see a post. The numbers stand in Postgres: append only.</summary>
public enum PostVisibility
{
    Public = 0,
    Followers = 1,
    Mentioned = 2,
}
