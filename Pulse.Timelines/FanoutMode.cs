namespace Pulse.Timelines;

/// <summary>How a post reaches its readers; decided once per post. The numbers stand in Postgres: append only.</summary>
public enum FanoutMode
{
    /// <summary>Written into every follower's list.</summary>
    Push = 0,

    /// <summary>Left in its author's tail, where readers fetch it.</summary>
    Pull = 1,
}
