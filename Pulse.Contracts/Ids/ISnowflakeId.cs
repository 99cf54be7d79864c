namespace Pulse.Contracts.Ids;

/// <summary>A 63-bit, time-ordered id: <c>bigint</c> in Postgres, 8 big-endian bytes in Redis, a decimal string in JSON.</summary>
/// <typeparam name="TSelf">The id type itself.</typeparam>
public interface ISnowflakeId<TSelf>
    where TSelf : struct, ISnowflakeId<TSelf>
{
    /// <summary>The id as a number; see <see cref="Snowflake"/> for its bits.</summary>
    long Value { get; }

    /// <summary>Gives <paramref name="value"/> its type.</summary>
    static abstract TSelf From(long value);
}
