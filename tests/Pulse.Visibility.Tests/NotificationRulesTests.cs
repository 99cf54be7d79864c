using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility.Tests;

/// <summary>Every combination of what the rules of notifications ask, against the product's sentences.</summary>
public sealed class NotificationRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserId Reader = new(1);
    private static readonly UserId Actor = new(2);

    private static readonly Mute?[] Mutes =
    [
        null, new Mute(Actor), new Mute(Actor, Now.AddSeconds(1)), new Mute(Actor, Now), new Mute(Actor, Until: null, RepostsOnly: true), new Mute(Actor, Now, RepostsOnly: true),
    ];

    [Fact]
    [Trait("Invariant", "15")]
    public void MayNotify_EveryCase_IsTheOracle()
    {
        var told = 0;
        foreach (var kind in Enum.GetValues<NotificationKind>())
        {
            foreach (var (follows, blocking, mute, standing, version) in
                from follows in (bool[])[false, true]
                from blocking in Enumerable.Range(0, 3)
                from mute in Mutes
                from standing in (AuthorStanding[])[.. Enum.GetValues<AuthorStanding>(), (AuthorStanding)99]
                from version in (long[])[0, 1]
                select (follows, blocking, mute, standing, version))
            {
                var graph = ViewerGraph.For(Reader, new GraphSnapshot(
                    1, follows ? [new Followee(Actor, Now)] : [], Blocks: blocking == 1 ? [Actor] : [], BlockedBy: blocking == 2 ? [Actor] : [], Mutes: mute is null ? [] : [mute]));
                var isMuted = mute is not null && mute.IsInForce(Now) && (!mute.RepostsOnly || kind == NotificationKind.Repost);
                var isKnown = standing == AuthorStanding.Active ? follows || version > 0 : standing == AuthorStanding.Limited && follows;
                var expected = blocking == 0 && !isMuted && isKnown && (follows || kind != NotificationKind.Post);
                told += expected ? 1 : 0;

                Assert.True(
                    expected == NotificationRules.MayNotify(graph, CardOf(Actor) with { Standing = standing, Version = version }, kind, Now),
                    $"{kind}, follows {follows}, blocking {blocking}, mute {mute}, standing {standing}, version {version}");
            }
        }

        Assert.NotEqual(0, told);
    }

    [Fact]
    public void MayNotify_Himself_IsNotTold() =>
        Assert.All(Enum.GetValues<NotificationKind>(), kind => Assert.False(NotificationRules.MayNotify(GraphOf(), CardOf(Reader), kind, Now)));

    [Fact]
    [Trait("Invariant", "16")]
    public void MayShow_WhatTheReaderMaySeeAnywhere_OfAuthorsWhoAreKnown()
    {
        var post = new PostSnapshot(new PostId(9), Actor, "text", PostVisibility.Public, Now, Mentions: [Reader]);

        Assert.True(NotificationRules.MayShow(GraphOf(), post, CardOf(Actor)));
        Assert.True(NotificationRules.MayShow(GraphOf(), post with { Visibility = PostVisibility.Mentioned }, CardOf(Actor)));
        Assert.False(NotificationRules.MayShow(GraphOf(), post with { Visibility = PostVisibility.Followers }, CardOf(Actor)));
        Assert.True(NotificationRules.MayShow(GraphOf(Actor), post with { Visibility = PostVisibility.Followers }, CardOf(Actor)));
        Assert.False(NotificationRules.MayShow(GraphOf(Actor), post with { Limited = true }, CardOf(Actor)));
        Assert.False(NotificationRules.MayShow(GraphOf(), post, CardOf(Actor) with { IsPrivate = true }));
        // A card that says nothing may be that of a private account.
        Assert.False(NotificationRules.MayShow(GraphOf(), post, AuthorCard.Unknown(Actor)));
        Assert.True(NotificationRules.MayShow(GraphOf(Actor), post, AuthorCard.Unknown(Actor)));
        Assert.True(NotificationRules.MayShow(GraphOf(), post with { AuthorId = Reader, Limited = true }, AuthorCard.Unknown(Reader)));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public void Silenced_BlocksAndMutesOfThisMoment_AreThem()
    {
        var graph = ViewerGraph.For(Reader, new GraphSnapshot(
            1, [], Blocks: [new UserId(10)], BlockedBy: [new UserId(11)],
            Mutes: [new Mute(new UserId(12)), new Mute(new UserId(13), Now.AddSeconds(1)), new Mute(new UserId(14), Now), new Mute(new UserId(15), Until: null, RepostsOnly: true), new Mute(new UserId(16), Now, RepostsOnly: true)]));

        Assert.Equal([10, 11, 12, 13], graph.Silenced(Now).Select(user => user.Value).Order());
        Assert.Equal([15], graph.SilencedReposters(Now).Select(user => user.Value));
        Assert.Empty(ViewerGraph.Anonymous.Silenced(Now));
    }

    private static ViewerGraph GraphOf(params UserId[] followees) => ViewerGraph.For(Reader, new GraphSnapshot(1, [.. followees.Select(followee => new Followee(followee, Now))]));

    private static AuthorCard CardOf(UserId user) => new(user, "name", "Name", AvatarUrl: null, IsCelebrity: false, Version: 1);
}
