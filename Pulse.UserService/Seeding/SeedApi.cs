using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Seeding;

/// <summary>Calls that make data up; there are none outside of Development.</summary>
internal static class SeedApi
{
    private const int MaxFollowers = 1_000_000;

    public static void MapSeedApi(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment()) return;

        app.MapInternalGroup().MapPost("/seed/followers", SeedFollowers);
    }

    internal static async Task<Results<Ok<SeedFollowersResponse>, ProblemHttpResult>> SeedFollowers(
        SeedFollowersRequest request, UserDbContext db, IServiceProvider services, CancellationToken ct)
    {
        if (request.Count is < 0 or > MaxFollowers) return Problem.Invalid("count", $"The count is a number from 0 to {MaxFollowers}.");
        if (!await db.Users.AnyAsync(user => user.Id == request.UserId, ct)) return ProfilesApi.UnknownUser();

        var created = await ActivatorUtilities.CreateInstance<FollowerSeed>(services).RaiseAsync(request.UserId, request.Count, ct);
        var followers = await db.FollowerCounts.Where(count => count.UserId == request.UserId).Select(count => count.Followers).SingleAsync(ct);
        return TypedResults.Ok(new SeedFollowersResponse(created, followers));
    }
}

/// <param name="UserId">Who gets followers.</param>
/// <param name="Count">How many made-up followers he shall have; fewer than he has changes nothing.</param>
public sealed record SeedFollowersRequest(UserId UserId, int Count);

/// <param name="Created">Accounts made by this call.</param>
/// <param name="FollowersCount">Followers of the user now, made up or not.</param>
public sealed record SeedFollowersResponse(int Created, long FollowersCount);
