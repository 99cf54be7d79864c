namespace Pulse.SystemTests.Contract;

/// <summary>The rows of posts, engagement, pictures, discovery, moderation, the home timeline and notifications.</summary>
internal static class PostCalls
{
    private const string Post =
        "id author content visibility created_at edited_at in_reply_to repost_of quote_of quote_of_id media likes_count reposts_count replies_count liked reposted bookmarked";

    private const string Posts = "posts next_cursor has_more";
    private const string Report = "id post_id user_id reason created_at";
    private const string Case = "id target reporters_count reasons notes first_reported_at last_reported_at status decision";

    public static IReadOnlyList<Call> All { get; } =
    [
        .. Publishing(),
        .. SinglePosts(),
        .. Engagement(),
        .. Pictures(),
        .. Discovery(),
        .. Moderation(),
        .. Timelines(),
    ];

    private static Call[] Publishing() =>
    [
        new("POST /v1/posts", 201, Post, Who: "ann", Body: """{"content":"hello","visibility":"followers"}"""),
        new("POST /v1/posts", 201, Post, Who: "ann", Body: """{"content":"hello","in_reply_to":"{open}","quote_of":"{open}"}"""),
        new("POST /v1/posts", 201, Post, Who: "fresh", Body: """{"repost_of":"{open}"}"""),
        new("POST /v1/posts", 200, Post, Who: "ann", Body: """{"content":"once"}""", Key: "spent"),
        new("POST /v1/posts", 409, "/problems/idempotency-key-reused", Who: "ann", Body: """{"content":"twice"}""", Key: "spent"),
        new("POST /v1/posts", 404, Who: "ann", Body: """{"content":"gone"}""", Key: "gone"),
        new("POST /v1/posts", 400, "Idempotency-Key", Who: "ann", Body: """{"content":"hello"}""", Key: "two words"),
        new("POST /v1/posts", 400, "content", Who: "ann", Body: "{}"),
        new("POST /v1/posts", 400, "content", Who: "ann", Body: """{"content":"{long:501}"}"""),
        new("POST /v1/posts", 400, "content", Who: "ann", Body: $$"""{"content":"{{RunningPulse.BlockedTerm}}"}"""),
        new("POST /v1/posts", 400, "in_reply_to quote_of", Who: "ann", Body: """{"content":"hello","in_reply_to":"{closed}","quote_of":"{gone}"}"""),
        new("POST /v1/posts", 400, "repost_of", Who: "bob", Body: """{"repost_of":"{closed}"}"""),
        new("POST /v1/posts", 400, "media_ids", Who: "ann", Body: """{"media_ids":["{upload}"]}"""),
        new("POST /v1/posts", 401, Body: """{"content":"hello"}"""),
    ];

    private static Call[] SinglePosts() =>
    [
        new("GET /v1/posts/{id=open}", 200, Post),
        new("GET /v1/posts/{id=open}", 200, Post, Who: "ann"),
        new("GET /v1/posts/{id=closed}", 200, Post, Who: "bob"),
        new("GET /v1/posts/{id=closed}", 404),
        new("GET /v1/posts/{id=gone}", 404, Who: "ann"),
        new("GET /v1/posts/{id=first}", 400, "id"),
        new("PATCH /v1/posts/{id=mine}", 200, Post, Who: "ann", Body: """{"content":"edited"}"""),
        new("PATCH /v1/posts/{id=mine}", 400, "content", Who: "ann", Body: "{}"),
        new("PATCH /v1/posts/{id=open}", 403, Who: "ann", Body: """{"content":"edited"}"""),
        new("PATCH /v1/posts/{id=closed}", 404, Who: "ann", Body: """{"content":"edited"}"""),
        new("PATCH /v1/posts/{id=mine}", 401, Body: """{"content":"edited"}"""),
        new("GET /v1/posts/{id=open}/edits", 200, "versions"),
        new("GET /v1/posts/{id=closed}/edits", 404),
        new("GET /v1/posts/{id=first}/edits", 400, "id"),
        new("DELETE /v1/posts/{id=mine}", 204, Who: "ann"),
        new("DELETE /v1/posts/{id=gone}", 204, Who: "ann"),
        new("DELETE /v1/posts/{id=open}", 403, Who: "ann"),
        new("DELETE /v1/posts/{id=closed}", 404, Who: "ann"),
        new("DELETE /v1/posts/{id=first}", 400, "id", Who: "ann"),
        new("DELETE /v1/posts/{id=open}", 401),
        new("GET /v1/posts/{id=answer}/thread", 200, "ancestors ancestors_truncated post replies", Who: "ann"),
        new("GET /v1/posts/{id=closed}/thread", 404, Who: "ann"),
        new("GET /v1/posts/{id=open}/thread?cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/posts/{id=open}/thread", 401),
        new("GET /v1/users/{id=bob}/posts", 200, Posts),
        new("GET /v1/users/{id=outcast}/posts", 404),
        new("GET /v1/users/{id=bob}/posts?cursor=x&limit=0", 400, "cursor limit"),
    ];

    private static IEnumerable<Call> Engagement()
    {
        foreach (var call in (string[])["PUT /v1/posts/{id=#}/like", "DELETE /v1/posts/{id=#}/like", "PUT /v1/posts/{id=#}/repost", "DELETE /v1/posts/{id=#}/repost", "PUT /v1/posts/{id=#}/bookmark", "DELETE /v1/posts/{id=#}/bookmark"])
        {
            yield return new Call(On(call, "open"), 200, Post, Who: "ann");
            yield return new Call(On(call, "closed"), 404, Who: "ann");
            yield return new Call(On(call, "gone"), 404, Who: "ann");
            yield return new Call(On(call, "first"), 400, "id", Who: "ann");
            yield return new Call(On(call, "open"), 401);
        }

        yield return new Call("PUT /v1/posts/{id=closed}/repost", 403, Who: "bob");
        yield return new Call("GET /v1/posts/{id=open}/likes", 200, "users next_cursor has_more", Who: "ann");
        yield return new Call("GET /v1/posts/{id=closed}/likes", 404, Who: "ann");
        yield return new Call("GET /v1/posts/{id=open}/likes?cursor=x&limit=0", 400, "cursor limit", Who: "ann");
        yield return new Call("GET /v1/posts/{id=open}/likes", 401);
        yield return new Call("GET /v1/bookmarks", 200, Posts, Who: "ann");
        yield return new Call("GET /v1/bookmarks?cursor=x&limit=0", 400, "cursor limit", Who: "ann");
        yield return new Call("GET /v1/bookmarks", 401);
    }

    private static Call[] Pictures() =>
    [
        new("POST /v1/media", 201, "media_id upload", Who: "ann", Body: """{"content_type":"image/png","size_bytes":1000,"alt_text":"A cat"}"""),
        new("POST /v1/media", 400, "content_type size_bytes", Who: "ann", Body: """{"content_type":"text/html","size_bytes":0}"""),
        new("POST /v1/media", 400, "content_type size_bytes", Who: "ann", Body: "{}"),
        new("POST /v1/media", 409, "/problems/too-many-uploads", Who: "hoarder", Body: """{"content_type":"image/png","size_bytes":1000}"""),
        new("POST /v1/media", 401, Body: """{"content_type":"image/png","size_bytes":1000}"""),
        new("GET /v1/media/{id=upload}", 200, "media_id state reason content_type size_bytes width height alt_text post_id", Who: "ann"),
        new("GET /v1/media/{id=upload}", 404, Who: "bob"),
        new("GET /v1/media/{id=first}", 400, "id", Who: "ann"),
        new("GET /v1/media/{id=upload}", 401),
        new("PATCH /v1/media/{id=upload}", 204, Who: "ann", Body: """{"alt_text":"A dog"}"""),
        new("PATCH /v1/media/{id=upload}", 400, "alt_text", Who: "ann", Body: "{}"),
        new("PATCH /v1/media/{id=upload}", 404, Who: "bob", Body: """{"alt_text":"A dog"}"""),
        new("PATCH /v1/media/{id=attached}", 409, "/problems/media-attached", Who: "ann", Body: """{"alt_text":"A dog"}"""),
        new("PATCH /v1/media/{id=upload}", 401, Body: """{"alt_text":"A dog"}"""),
        new("DELETE /v1/media/{id=upload}", 204, Who: "ann"),
        new("DELETE /v1/media/{id=upload}", 404, Who: "bob"),
        new("DELETE /v1/media/{id=attached}", 409, "/problems/media-attached", Who: "ann"),
        new("DELETE /v1/media/{id=first}", 400, "id", Who: "ann"),
        new("DELETE /v1/media/{id=upload}", 401),
    ];

    private static Call[] Discovery() =>
    [
        new("GET /v1/tags/{tag=contract}/posts", 200, Posts, Who: "ann"),
        new("GET /v1/tags/{tag=contract}/posts?cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/tags/{tag=contract}/posts", 401),
        new("GET /v1/search/posts?q=open", 200, Posts, Who: "ann"),
        new("GET /v1/search/posts", 400, "q", Who: "ann"),
        new("GET /v1/search/posts?q=a&cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/search/posts?q=open", 401),
        new("GET /v1/explore", 200, Posts, Who: "ann"),
        new("GET /v1/explore?cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/explore", 401),
    ];

    private static Call[] Moderation() =>
    [
        new("POST /v1/reports", 201, Report, Who: "fresh", Body: """{"post_id":"{open}","reason":"spam","note":"look"}"""),
        new("POST /v1/reports", 201, Report, Who: "ann", Body: """{"user_id":"{culprit}","reason":"abuse"}"""),
        new("POST /v1/reports", 200, Report, Who: "ann", Body: """{"user_id":"{culprit}","reason":"spam","note":"case"}"""),
        new("POST /v1/reports", 404, Who: "ann", Body: """{"post_id":"{closed}","reason":"spam"}"""),
        new("POST /v1/reports", 404, Who: "ann", Body: """{"user_id":"1","reason":"spam"}"""),
        new("POST /v1/reports", 400, "post_id", Who: "bob", Body: """{"post_id":"{open}","reason":"spam"}"""),
        new("POST /v1/reports", 400, "note", Who: "ann", Body: """{"user_id":"{culprit}","reason":"spam","note":"{long:501}"}"""),
        new("POST /v1/reports", 401, Body: """{"post_id":"{open}","reason":"spam"}"""),
        new("GET /v1/admin/reports", 200, "reports next_cursor has_more", Who: "chief"),
        new("GET /v1/admin/reports?cursor=x&limit=0", 400, "cursor limit", Who: "chief"),
        new("GET /v1/admin/reports?status=new", 400, "status", Who: "chief"),
        new("GET /v1/admin/reports", 403, Who: "ann"),
        new("GET /v1/admin/reports", 401),
        new("POST /v1/admin/reports/{id=case}/resolve", 200, Case, Who: "chief", Body: """{"action":"dismiss","note":"fine"}"""),
        new("POST /v1/admin/reports/{id=case}/resolve", 400, "action", Who: "chief", Body: "{}"),
        new("POST /v1/admin/reports/{id=case}/resolve", 400, "action", Who: "chief", Body: """{"action":"delete_post"}"""),
        new("POST /v1/admin/reports/{id=decided}/resolve", 200, Case, Who: "chief", Body: """{"action":"dismiss"}"""),
        new("POST /v1/admin/reports/{id=decided}/resolve", 409, "/problems/already-resolved", Who: "chief", Body: """{"action":"limit_user"}"""),
        new("POST /v1/admin/reports/{id=1}/resolve", 404, Who: "chief", Body: """{"action":"dismiss"}"""),
        new("POST /v1/admin/reports/{id=case}/resolve", 403, Who: "ann", Body: """{"action":"dismiss"}"""),
        new("POST /v1/admin/reports/{id=case}/resolve", 401, Body: """{"action":"dismiss"}"""),
        new("GET /v1/admin/reports/audit", 200, "actions next_cursor has_more", Who: "chief"),
        new("GET /v1/admin/reports/audit?cursor=x&limit=0", 400, "cursor limit", Who: "chief"),
        new("GET /v1/admin/reports/audit", 403, Who: "ann"),
        new("GET /v1/admin/reports/audit", 401),
    ];

    private static Call[] Timelines() =>
    [
        new("GET /v1/feed", 200, "posts next_cursor has_more source complete_since ranking degraded", Who: "ann"),
        new("GET /v1/feed?cursor=x&limit=0&rank=best", 400, "cursor limit rank", Who: "ann"),
        new("GET /v1/feed", 401),
        new("GET /v1/notifications", 200, "notifications next_cursor has_more unread_count degraded", Who: "ann"),
        new("GET /v1/notifications?cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/notifications", 401),
        new("POST /v1/notifications/read", 204, Who: "ann", Body: """{"up_to":"1"}"""),
        new("POST /v1/notifications/read", 400, "up_to", Who: "ann", Body: "{}"),
        new("POST /v1/notifications/read", 401, Body: """{"up_to":"1"}"""),
    ];

    private static string On(string call, string what) => call.Replace("#", what, StringComparison.Ordinal);
}
