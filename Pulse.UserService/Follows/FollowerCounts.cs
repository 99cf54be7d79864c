using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>Keeps the counts of followers, and shows who became a celebrity by them.</summary>
internal sealed partial class FollowerCounts(UserDbContext db, AuthorCards cards, IOptions<CelebrityOptions> celebrities, ILogger<FollowerCounts> logger)
{
    /// <summary>Changes a count and locks it. Only at the end of a transaction, and of several users in order of id.</summary>
    /// <returns>The followers there are then.</returns>
    public async Task<long> AddAsync(UserId user, int step, CancellationToken ct) => (await db.Database.SqlQuery<long>(
        $"UPDATE follower_counts SET followers = followers + {step} WHERE user_id = {user.Value} RETURNING followers AS \"Value\"").ToListAsync(ct)).Single();

    /// <summary>Call after the commit of <see cref="AddAsync"/>.</summary>
    public async Task ShowAsync(UserId user, long followers, int step, CancellationToken ct)
    {
        if (IsCelebrity(followers) == IsCelebrity(followers - step)) return;

        LogFlipped(user, followers);
        await cards.RewriteAsync(user, ct);
    }

    private bool IsCelebrity(long followers) => followers >= celebrities.Value.PushFollowerLimit;

    [LoggerMessage(3401, LogLevel.Information, "User {User} crossed the celebrity limit and has {Followers} followers now")]
    private partial void LogFlipped(UserId user, long followers);
}
