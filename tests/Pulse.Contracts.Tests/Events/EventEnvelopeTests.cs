using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Tests.Events;

public sealed class EventEnvelopeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 1, 2, 3, 456, TimeSpan.Zero);

    [Fact]
    public void Write_PostPublished_IsTheWireForm() => Assert.Equal(
        """{"id":"9007199254740993","type":"post.published","schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{"post_id":"5","author_id":"6","visibility":"followers","created_at":"2026-11-20T01:02:03.456Z","in_reply_to":null,"in_reply_to_author_id":null,"repost_of":null,"repost_of_author_id":null,"quote_of":"4","quote_of_author_id":"3","mentions":["2","7"],"limited":false}}""",
        EventEnvelope.Write(
            (1L << 53) + 1,
            new PostPublished(
                new PostId(5), new UserId(6), PostVisibility.Followers, Now, QuoteOf: new PostId(4), QuoteOfAuthorId: new UserId(3), Mentions: [new UserId(2), new UserId(7)]),
            Now));

    [Fact]
    public void Read_EveryEvent_RoundTrips()
    {
        var (one, two) = (new UserId(1), new UserId(2));
        Type[] seen =
        [
            AssertRoundTrip(new PostPublished(new PostId(5), new UserId(6), PostVisibility.Public, Now, new PostId(4)), group: 6),
            AssertRoundTrip(new PostEdited(new PostId(5), new UserId(6), Revision: 2), group: 6),
            AssertRoundTrip(new PostMentioned(new PostId(5), new UserId(6), [one, two], Now), group: 6),
            AssertRoundTrip(new PostDeleted(new PostId(5), new UserId(6)), group: 6),
            AssertRoundTrip(new PostLiked(new PostId(5), new UserId(6), one, Version: 3, Now), group: 1),
            AssertRoundTrip(new PostUnliked(new PostId(5), new UserId(6), one, Version: 3), group: 1),
            AssertRoundTrip(new UserFollowed(one, two, Version: 3, Now, Notify: true, Began: false), group: 1),
            AssertRoundTrip(new UserUnfollowed(one, two, Version: 3), group: 1),
            AssertRoundTrip(new UserBlocked(one, two, Version: 3, BlockedVersion: 4), group: 1),
            AssertRoundTrip(new UserUnblocked(one, two, Version: 3, BlockedVersion: 4), group: 1),
            AssertRoundTrip(new UserMuted(one, two, Version: 3, Now, RepostsOnly: true), group: 1),
            AssertRoundTrip(new UserUnmuted(one, two, Version: 3), group: 1),
            AssertRoundTrip(new UserProfileChanged(one, Version: 3), group: 1),
            AssertRoundTrip(new UserPrivacyChanged(one, IsPrivate: true, Version: 3), group: 1),
            AssertRoundTrip(new UserFollowRequested(one, two, Now, RequestId: 7), group: 1),
            AssertRoundTrip(new UserFollowRequestEnded(one, two, RequestId: 7), group: 1),
            AssertRoundTrip(new UserFollowAccepted(one, two, Version: 3), group: 2),
            AssertRoundTrip(new UserDeleted(one), group: 1),
        ];

        Assert.Empty(typeof(IEvent).Assembly.GetExportedTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IEvent))).Except(seen));
    }

    [Fact]
    public void Read_FieldsOfANewerVersion_AreIgnored()
    {
        var envelope = EventEnvelope.Read(
            """{"id":"1","type":"post.deleted","schema":2,"occurred_at":"2026-11-20T01:02:03.456Z","hop":7,"data":{"post_id":"5","author_id":"6","reason":{"code":"spam"}},"signature":[1,2]}""");

        Assert.Equal(new PostDeleted(new PostId(5), new UserId(6)), envelope.DataAs<PostDeleted>());
    }

    [Fact]
    public void Read_OptionalFieldOfAnOlderVersion_MayBeMissing()
    {
        var envelope = EventEnvelope.Read(
            """{"id":"1","type":"post.published","schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{"post_id":"5","author_id":"6","visibility":"public","created_at":"2026-11-20T01:02:03.456Z"}}""");

        Assert.Equal(new PostPublished(new PostId(5), new UserId(6), PostVisibility.Public, Now), envelope.DataAs<PostPublished>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{}}""")]
    [InlineData("""{"id":1,"type":"post.deleted","schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{}}""")]
    [InlineData("""{"id":"1","type":null,"schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{}}""")]
    [InlineData("""{"id":"1","type":"post.deleted","schema":1,"occurred_at":"yesterday","data":{}}""")]
    public void Read_NotAnEnvelope_IsRefused(string body) => Assert.Throws<JsonException>(() => EventEnvelope.Read(body));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"post_id":"5"}""")]
    [InlineData("""{"post_id":5,"author_id":"6"}""")]
    [InlineData("""{"post_id":"0","author_id":"6"}""")]
    [InlineData("""{"post_id":null,"author_id":"6"}""")]
    public void DataAs_NotTheEvent_IsRefused(string data)
    {
        var envelope = EventEnvelope.Read($$"""{"id":"1","type":"post.deleted","schema":1,"occurred_at":"2026-11-20T01:02:03.456Z","data":{{data}}}""");

        Assert.Throws<JsonException>(() => envelope.DataAs<PostDeleted>());
    }

    private static Type AssertRoundTrip<TEvent>(TEvent data, long group)
        where TEvent : IEvent
    {
        var envelope = EventEnvelope.Read(EventEnvelope.Write(7, data, Now));

        Assert.Equal(("7", TEvent.Type, TEvent.Schema, Now), (envelope.Id, envelope.Type, envelope.Schema, envelope.OccurredAt));
        Assert.Equivalent(data, envelope.DataAs<TEvent>(), strict: true);
        Assert.Equal(group, data.Group);
        return typeof(TEvent);
    }
}
