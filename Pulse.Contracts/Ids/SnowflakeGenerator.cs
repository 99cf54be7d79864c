namespace Pulse.Contracts.Ids;

/// <summary>Mints ids of one node. Ids of one generator strictly increase, also when the clock steps back.</summary>
public sealed class SnowflakeGenerator(TimeProvider clock, Func<int> node)
{
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>Mints an id greater than every id minted before and than <paramref name="above"/>.</summary>
    /// <param name="above">An id that the new one must exceed, such as the parent of a reply minted by a node whose clock is ahead.</param>
    public long Next(long above = 0)
    {
        var self = node();
        lock (_gate)
        {
            var now = Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - Snowflake.EpochMilliseconds);
            var milliseconds = Math.Max(now, Snowflake.MillisecondsOf(Math.Max(_last, above)));
            var sequence = 0;
            if (milliseconds == Snowflake.MillisecondsOf(_last))
            {
                // The sequence of this millisecond goes on; a full one borrows from the next millisecond instead of waiting for it.
                sequence = (int)(_last & Snowflake.MaxSequence) + 1;
                if (sequence > Snowflake.MaxSequence) (milliseconds, sequence) = (milliseconds + 1, 0);
            }

            var id = Snowflake.Compose(milliseconds, self, sequence);
            if (id <= above) id = Snowflake.Compose(milliseconds + 1, self, 0);
            return _last = id;
        }
    }
}
