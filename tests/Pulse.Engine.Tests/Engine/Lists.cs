using Pulse.Contracts.Ids;
using Pulse.Timelines;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Engine.Tests.Engine;

/// <summary>What must hold for the lists themselves, beneath what a page shows.</summary>
internal static class Lists
{
    /// <summary>
    /// A warm home list holds every visible pushed post at and above its floor, so that no trim dropped an id newer than one that counts;
    /// posts left to readers are in tails, and in home lists only as their reader's own.
    /// </summary>
    public static async Task CheckAsync(EngineLane lane, EngineProcess process, Owners owners, UserId reader, CancellationToken ct)
    {
        var list = TimelineList.Parse(await lane.Cache.ListRangeAsync(TimelineKeys.Home(reader)), await process.IncarnationAsync(ct));
        if (list.State != TimelineState.Warm) return;

        var modes = await ModesAsync(lane, ct);
        var missing = owners.Oracle(reader).Where(id => id >= list.Floor && modes[id].Mode == FanoutMode.Push).Except(list.Ids).ToList();
        if (missing.Count > 0) throw new WrongWalkException($"The list of {reader} claims to be complete from {list.Floor} on and lacks [{string.Join(' ', missing)}].");

        var strayed = list.Ids.Where(id => modes.TryGetValue(id, out var post) && post.Mode == FanoutMode.Pull && post.Author != reader.Value).ToList();
        if (strayed.Count > 0) throw new WrongWalkException($"The list of {reader} holds [{string.Join(' ', strayed)}], which were left to readers.");
    }

    /// <summary>A tail holds posts of its author's that were left to readers, and nothing else.</summary>
    public static async Task CheckTailAsync(EngineLane lane, EngineProcess process, UserId author, CancellationToken ct)
    {
        var list = TimelineList.Parse(await lane.Cache.ListRangeAsync(TimelineKeys.Pull(author)), await process.IncarnationAsync(ct));
        var modes = await ModesAsync(lane, ct);
        var strayed = list.Ids.Where(id => !modes.TryGetValue(id, out var post) || post.Mode != FanoutMode.Pull || post.Author != author.Value).ToList();
        if (strayed.Count > 0) throw new WrongWalkException($"The tail of {author} holds [{string.Join(' ', strayed)}], which were not left to readers.");
    }

    /// <summary>Whatever came first, the post or its end: no rebuild finds a deleted post again.</summary>
    public static async Task CheckTombstonesAsync(EngineLane lane, Owners owners, CancellationToken ct)
    {
        var living = owners.Posts.All.Select(post => post.Id.Value).ToHashSet();
        var risen = (await ModesAsync(lane, ct)).Where(post => !post.Value.Deleted).Select(post => post.Key).Except(living).ToList();
        if (risen.Count > 0) throw new WrongWalkException($"Deleted and not marked so: [{string.Join(' ', risen)}].");
    }

    private static async Task<Dictionary<long, (FanoutMode Mode, long Author, bool Deleted)>> ModesAsync(EngineLane lane, CancellationToken ct)
    {
        await using var command = lane.Database.CreateCommand("SELECT post_id, mode, author_id, deleted FROM author_posts");
        await using var reader = await command.ExecuteReaderAsync(ct);
        Dictionary<long, (FanoutMode Mode, long Author, bool Deleted)> modes = [];
        while (await reader.ReadAsync(ct)) modes[reader.GetInt64(0)] = ((FanoutMode)reader.GetInt16(1), reader.GetInt64(2), reader.GetBoolean(3));
        return modes;
    }
}
