using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>Uploads of the caller. Their bytes go to the store and do not pass here.</summary>
internal static class MediaApi
{
    private const string TooMany = "/problems/too-many-uploads";
    private const string IsAttached = "/problems/media-attached";

    public static IEndpointRouteBuilder MapMediaApi(this IEndpointRouteBuilder routes)
    {
        var media = routes.MapGroup("/v1/media").WithTags("Media");
        media.MapPost("", CreateUpload).WithName("CreateUpload").WithSummary("Announces a picture and answers with the request that uploads it")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status409Conflict);
        media.MapGet("/{id}", GetUpload).WithName("GetUpload").WithSummary("Tells how far an upload is")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        media.MapPatch("/{id}", DescribeUpload).WithName("DescribeUpload").WithSummary("Says what a picture shows, before a post has it")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        media.MapDelete("/{id}", DropUpload).WithName("DropUpload").WithSummary("Gives up an upload that no post has")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        return routes;
    }

    internal static async Task<Results<Created<CreatedUpload>, ProblemHttpResult>> CreateUpload(
        CreateUploadRequest request,
        ClaimsPrincipal caller, PostDbContext db, MediaStore store, SnowflakeGenerator ids, IOptions<MediaOptions> options, TimeProvider clock, CancellationToken ct)
    {
        if (!request.TryRead(options.Value.MaxBytes, out var picture, out var problem)) return problem;

        var owner = caller.Id().Value;
        if (await db.Media.CountAsync(row => row.OwnerId == owner && row.PostId == null && !row.Condemned, ct) >= options.Value.MaxWaiting)
        {
            return Problem.Conflict(TooMany, $"{options.Value.MaxWaiting} uploads wait for their post already; publish some, or give them up.");
        }

        var (id, now) = (new MediaId(ids.Next()), clock.GetUtcNow());
        var upload = new MediaUpload
        {
            Id = id.Value,
            OwnerId = owner,
            // An id can be guessed, and what only followers may see must not be.
            ObjectKey = $"media/{id}/{WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16))}",
            ContentType = picture.ContentType,
            SizeBytes = picture.SizeBytes,
            AltText = picture.AltText,
            CreatedAt = now,
            UploadUntil = now + options.Value.LinkLifetime,
            DueAt = now + options.Value.KeepWaiting,
        };
        var link = await store.SignAsync(upload);
        db.Media.Add(upload);
        await db.SaveChangesAsync(ct);
        return TypedResults.Created($"/v1/media/{id}", new CreatedUpload(id, link));
    }

    internal static async Task<Results<Ok<UploadResponse>, ProblemHttpResult>> GetUpload(
        MediaId id, ClaimsPrincipal caller, PostDbContext db, UploadCheck check, CancellationToken ct)
    {
        if (await FindAsync(db, id, caller.Id(), ct) is not { } row) return NoSuchUpload();

        return TypedResults.Ok(row.PostId is null ? UploadResponse.Found(row, await check.LookAsync(row, ct)) : UploadResponse.Attached(row));
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> DescribeUpload(
        MediaId id, DescribeUploadRequest request, ClaimsPrincipal caller, PostDbContext db, CancellationToken ct)
    {
        // What says nothing of the text must not take it away.
        if (request.AltText is null) return Problem.Invalid("alt_text", "The text is missing; empty for none.");
        if (AltText.Error(request.AltText) is { } error) return Problem.Invalid("alt_text", error);

        var text = AltText.Of(request.AltText);
        return await Waiting(db, id, caller.Id()).ExecuteUpdateAsync(set => set.SetProperty(row => row.AltText, text), ct) > 0
            ? TypedResults.NoContent()
            : await NotWaitingAsync(db, id, caller.Id(), ct);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> DropUpload(
        MediaId id, ClaimsPrincipal caller, PostDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await Waiting(db, id, caller.Id()).ExecuteUpdateAsync(set => set.SetProperty(row => row.Condemned, true).SetProperty(row => row.DueAt, now), ct) > 0
            ? TypedResults.NoContent()
            : await NotWaitingAsync(db, id, caller.Id(), ct);
    }

    private static IQueryable<MediaUpload> Waiting(PostDbContext db, MediaId id, UserId owner) =>
        db.Media.Where(row => row.Id == id.Value && row.OwnerId == owner.Value && row.PostId == null && !row.Condemned);

    private static Task<MediaUpload?> FindAsync(PostDbContext db, MediaId id, UserId owner, CancellationToken ct) =>
        db.Media.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id.Value && row.OwnerId == owner.Value && !row.Condemned, ct);

    private static async Task<ProblemHttpResult> NotWaitingAsync(PostDbContext db, MediaId id, UserId owner, CancellationToken ct) =>
        await FindAsync(db, id, owner, ct) is null ? NoSuchUpload() : Problem.Conflict(IsAttached, "A post has this picture; it goes with the post.");

    private static ProblemHttpResult NoSuchUpload() => Problem.NotFound("The caller has no such upload.");
}
