using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Redis;
using Pulse.Timelines.Keys;
using StackExchange.Redis;

namespace Pulse.Timelines.Store;

/// <summary>Writes to the timeline lists. The only code that changes them.</summary>
public sealed class TimelineStore(RedisCircuit redis, RedisIncarnation incarnation, IOptions<TimelineOptions> options)
{
    // A page of pipelined pushes on a busy machine takes far longer than a reader's single round trip may.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(2);

    private readonly TimelineOptions _options = options.Value;

    /// <summary>Puts <paramref name="post"/> at the head of each reader's home list. A list that is not warm does not exist and costs one no-op.</summary>
    /// <returns>How many lists took it.</returns>
    public async Task<int> PushAsync(ReadOnlyMemory<long> readers, PostId post, CancellationToken ct)
    {
        RedisValue id = Snowflake.ToBytes(post.Value);
        var keys = new RedisKey[readers.Length];
        for (var index = 0; index < keys.Length; index++) keys[index] = TimelineKeys.Home(new UserId(readers.Span[index]));
        return await PushAsync(keys, id, ct);
    }

    /// <summary>Puts <paramref name="post"/> at the head of its author's pull tail, if that is warm.</summary>
    public Task PushToTailAsync(UserId author, PostId post, CancellationToken ct) =>
        PushAsync([TimelineKeys.Pull(author)], Snowflake.ToBytes(post.Value), ct);

    /// <summary>Removes the lists of a user who is gone. Pushes to them are no-ops from here on.</summary>
    public async Task ForgetAsync(UserId user, CancellationToken ct) =>
        await redis.RunAsync(db => Task.WhenAll(db.KeyDeleteAsync(TimelineKeys.Home(user)), db.KeyDeleteAsync(TimelineKeys.Pull(user))), WriteTimeout, ct);

    /// <summary>Takes a cold list for a rebuild; from the answer on every push lands in it.</summary>
    /// <returns>The token to publish with, or null: somebody else is at it, or was.</returns>
    public async Task<ulong?> OpenAsync(string key, CancellationToken ct)
    {
        var token = NewToken();
        var marker = new Marker(Marker.Unfilled, await incarnation.CurrentAsync(ct), token);
        var taken = await EvaluateAsync(TimelineScripts.Open, key, [marker.Encode(), (long)_options.OpenLifetime.TotalMilliseconds], ct);
        return taken == 1 ? token : null;
    }

    /// <summary>Fills a list that was opened with <paramref name="token"/>.</summary>
    /// <param name="key">The list.</param>
    /// <param name="token">What <see cref="OpenAsync"/> gave.</param>
    /// <param name="idsNewestFirst">Read from Postgres after the list was opened.</param>
    /// <param name="floor">The least id from which on they are complete; 0 when there is nothing older.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>False when the list was trimmed, flushed or taken over since: nothing was changed.</returns>
    public async Task<bool> PublishAsync(string key, ulong token, IReadOnlyCollection<long> idsNewestFirst, long floor, CancellationToken ct)
    {
        var marker = new Marker(floor, await incarnation.CurrentAsync(ct), token);
        RedisValue[] arguments = [TokenBytes(token), marker.Encode(), (long)_options.Lifetime.TotalMilliseconds, .. idsNewestFirst.Select(id => (RedisValue)Snowflake.ToBytes(id))];
        return await EvaluateAsync(TimelineScripts.Publish, key, arguments, ct) == 1;
    }

    /// <summary>Adds the recent posts of somebody just followed to the follower's list, if it exists.</summary>
    /// <param name="reader">Whose home list.</param>
    /// <param name="idsNewestFirst">The followee's posts, at most a list's capacity.</param>
    /// <param name="completeFrom">The least id from which on they are complete; 0 when they are all.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task MergeAsync(UserId reader, IReadOnlyCollection<long> idsNewestFirst, long completeFrom, CancellationToken ct)
    {
        if (idsNewestFirst.Count == 0) return;

        var key = TimelineKeys.Home(reader);
        // Pushed oldest first, so that the newest ends at the head.
        RedisValue[] arguments = [TokenBytes(NewToken()), Snowflake.ToBytes(completeFrom), .. idsNewestFirst.Reverse().Select(id => (RedisValue)Snowflake.ToBytes(id))];
        var length = await EvaluateAsync(TimelineScripts.Merge, key, arguments, ct);
        if (IsTooLong(length)) await TrimAsync(key, ct);
    }

    /// <summary>Publishes the version of the set of pull authors, if it is greater than the published one.</summary>
    public Task RaisePullersAsync(long version, CancellationToken ct) => EvaluateAsync(TimelineScripts.Raise, TimelineKeys.Pullers, [version], ct);

    private static ulong NewToken() => BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private static byte[] TokenBytes(ulong token)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, token);
        return bytes;
    }

    private async Task<int> PushAsync(RedisKey[] keys, RedisValue id, CancellationToken ct)
    {
        var lengths = await redis.RunAsync(
            db => Task.WhenAll(Array.ConvertAll(keys, key => db.ListLeftPushAsync(key, id, When.Exists))),
            WriteTimeout,
            ct);
        var delivered = 0;
        for (var index = 0; index < lengths.Length; index++)
        {
            if (lengths[index] > 0) delivered++;
            if (IsTooLong(lengths[index])) await TrimAsync(keys[index].ToString(), ct);
        }

        return delivered;
    }

    // The marker counts as one element.
    private bool IsTooLong(long length) => length - 1 >= _options.Capacity + _options.TrimSlack;

    private Task TrimAsync(string key, CancellationToken ct) =>
        EvaluateAsync(TimelineScripts.Trim, key, [_options.Capacity, TokenBytes(NewToken())], ct);

    private Task<long> EvaluateAsync(string script, string key, RedisValue[] arguments, CancellationToken ct) =>
        redis.RunAsync(
            async db =>
            {
                try
                {
                    return (long)await db.ScriptEvaluateAsync(script, [key], arguments);
                }
                catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
                {
                    // Redis lost its scripts while the connection stayed; the client has noticed now and sends the text.
                    return (long)await db.ScriptEvaluateAsync(script, [key], arguments);
                }
            },
            WriteTimeout,
            ct);
}
