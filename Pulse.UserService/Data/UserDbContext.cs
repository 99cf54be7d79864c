using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Accounts;
using Pulse.UserService.Administration;
using Pulse.UserService.Blocks;
using Pulse.UserService.Counts;
using Pulse.UserService.Departure;
using Pulse.UserService.Follows;
using Pulse.UserService.Mutes;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Data;

internal sealed class UserDbContext(DbContextOptions<UserDbContext> options) : DbContext(options)
{
    public DbSet<Account> Users => Set<Account>();

    public DbSet<Follow> Follows => Set<Follow>();

    public DbSet<FollowerCount> FollowerCounts => Set<FollowerCount>();

    public DbSet<FollowerCountDelta> FollowerCountDeltas => Set<FollowerCountDelta>();

    public DbSet<Block> Blocks => Set<Block>();

    public DbSet<FollowRequest> FollowRequests => Set<FollowRequest>();

    public DbSet<MutedUser> Mutes => Set<MutedUser>();

    public DbSet<Erasure> Erasures => Set<Erasure>();

    public DbSet<AdminAction> AdminActions => Set<AdminAction>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<UserId>().HaveConversion<UserIdConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>(users =>
        {
            users.ToTable("users");
            users.Property(user => user.Id).HasColumnName("id").ValueGeneratedNever();
            users.Property(user => user.Username).HasColumnName("username");
            users.Property(user => user.Email).HasColumnName("email");
            users.Property(user => user.DisplayName).HasColumnName("display_name");
            users.Property(user => user.Bio).HasColumnName("bio");
            users.Property(user => user.AvatarUrl).HasColumnName("avatar_url");
            users.Property(user => user.IsPrivate).HasColumnName("is_private");
            users.Property(user => user.Standing).HasColumnName("standing");
            users.Property(user => user.CardVersion).HasColumnName("card_version");
            users.Property(user => user.Role).HasColumnName("role");
            users.Property(user => user.PasswordHash).HasColumnName("password_hash");
            users.Property(user => user.GraphVersion).HasColumnName("graph_version");
            users.Property(user => user.FollowingCount).HasColumnName("following_count");
            users.Property(user => user.CreatedAt).HasColumnName("created_at");
            users.Property(user => user.EmailVerifiedAt).HasColumnName("email_verified_at");
        });
        modelBuilder.Entity<FollowerCount>(counts =>
        {
            counts.ToTable("follower_counts").ToView("follower_totals");
            counts.HasKey(count => count.UserId);
            counts.Property(count => count.UserId).HasColumnName("user_id").ValueGeneratedNever();
            counts.Property(count => count.Followers).HasColumnName("followers");
            counts.Property(count => count.IsCelebrity).HasColumnName("is_celebrity");
        });
        modelBuilder.Entity<FollowerCountDelta>(deltas =>
        {
            deltas.ToTable("follower_count_deltas");
            deltas.Property(delta => delta.Id).HasColumnName("id").UseIdentityByDefaultColumn();
            deltas.Property(delta => delta.UserId).HasColumnName("user_id");
            deltas.Property(delta => delta.Step).HasColumnName("step");
        });
        modelBuilder.Entity<Follow>(follows =>
        {
            follows.ToTable("follows");
            follows.HasKey(follow => new { follow.FollowerId, follow.FolloweeId });
            follows.Property(follow => follow.FollowerId).HasColumnName("follower_id");
            follows.Property(follow => follow.FolloweeId).HasColumnName("followee_id");
            follows.Property(follow => follow.Since).HasColumnName("since");
            follows.Property(follow => follow.Notify).HasColumnName("notify");
        });
        modelBuilder.Entity<Block>(blocks =>
        {
            blocks.ToTable("blocks");
            blocks.HasKey(block => new { block.BlockerId, block.BlockedId });
            blocks.Property(block => block.BlockerId).HasColumnName("blocker_id");
            blocks.Property(block => block.BlockedId).HasColumnName("blocked_id");
            blocks.Property(block => block.Since).HasColumnName("since");
        });
        modelBuilder.Entity<FollowRequest>(requests =>
        {
            requests.ToTable("follow_requests");
            requests.HasKey(request => new { request.RequesterId, request.TargetId });
            requests.Property(request => request.RequesterId).HasColumnName("requester_id");
            requests.Property(request => request.TargetId).HasColumnName("target_id");
            requests.Property(request => request.Id).HasColumnName("id");
            requests.Property(request => request.CreatedAt).HasColumnName("created_at");
            requests.Property(request => request.Notify).HasColumnName("notify");
        });
        modelBuilder.Entity<MutedUser>(mutes =>
        {
            mutes.ToTable("mutes");
            mutes.HasKey(mute => new { mute.MuterId, mute.MutedId });
            mutes.Property(mute => mute.MuterId).HasColumnName("muter_id");
            mutes.Property(mute => mute.MutedId).HasColumnName("muted_id");
            mutes.Property(mute => mute.Until).HasColumnName("until");
            mutes.Property(mute => mute.RepostsOnly).HasColumnName("reposts_only");
            mutes.Property(mute => mute.Since).HasColumnName("since");
        });
        modelBuilder.Entity<Erasure>(erasures =>
        {
            erasures.ToTable("erasures");
            erasures.HasKey(erasure => erasure.UserId);
            erasures.Property(erasure => erasure.UserId).HasColumnName("user_id").ValueGeneratedNever();
            erasures.Property(erasure => erasure.RequestedAt).HasColumnName("requested_at");
        });
        modelBuilder.Entity<AdminAction>(actions =>
        {
            actions.ToTable("admin_actions");
            actions.Property(action => action.Id).HasColumnName("id").ValueGeneratedNever();
            actions.Property(action => action.AdminId).HasColumnName("admin_id");
            actions.Property(action => action.TargetId).HasColumnName("target_id");
            actions.Property(action => action.Action).HasColumnName("action");
            actions.Property(action => action.Reason).HasColumnName("reason");
            actions.Property(action => action.At).HasColumnName("at");
        });
        modelBuilder.Entity<RefreshToken>(tokens =>
        {
            tokens.ToTable("refresh_tokens");
            tokens.HasKey(token => token.Hash);
            tokens.Property(token => token.Hash).HasColumnName("hash").ValueGeneratedNever();
            tokens.Property(token => token.Family).HasColumnName("family");
            tokens.Property(token => token.UserId).HasColumnName("user_id");
            tokens.Property(token => token.ExpiresAt).HasColumnName("expires_at");
            tokens.Property(token => token.UsedAt).HasColumnName("used_at");
            tokens.Property(token => token.RevokedAt).HasColumnName("revoked_at");
        });
        modelBuilder.Entity<SigningKey>(keys =>
        {
            keys.ToTable("signing_keys");
            keys.HasKey(key => key.KeyId);
            keys.Property(key => key.KeyId).HasColumnName("kid");
            keys.Property(key => key.PrivateKey).HasColumnName("private_key");
            keys.Property(key => key.CreatedAt).HasColumnName("created_at");
            keys.Property(key => key.ActivatesAt).HasColumnName("activates_at");
        });
        modelBuilder.AddAccountTables();
        modelBuilder.AddOutbox();
    }

    private sealed class UserIdConverter() : ValueConverter<UserId, long>(id => id.Value, value => new UserId(value));
}
