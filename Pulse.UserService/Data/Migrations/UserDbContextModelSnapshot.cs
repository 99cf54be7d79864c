using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Pulse.UserService.Data.Migrations;

/// <summary>The model as the newest migration leaves it; EF refuses to migrate when the model has moved on without one.</summary>
[DbContext(typeof(UserDbContext))]
internal sealed class UserDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity("Pulse.UserService.Accounts.Account", entity =>
        {
            entity.ToTable("users");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<string>("Username").HasColumnName("username").HasColumnType("text").IsRequired();
            entity.Property<string>("Email").HasColumnName("email").HasColumnType("text").IsRequired();
            entity.Property<string>("DisplayName").HasColumnName("display_name").HasColumnType("text").IsRequired();
            entity.Property<string>("Bio").HasColumnName("bio").HasColumnType("text").IsRequired();
            entity.Property<string>("AvatarUrl").HasColumnName("avatar_url").HasColumnType("text");
            entity.Property<bool>("IsPrivate").HasColumnName("is_private").HasColumnType("boolean");
            entity.Property<short>("Standing").HasColumnName("standing").HasColumnType("smallint");
            entity.Property<long>("CardVersion").HasColumnName("card_version").HasColumnType("bigint");
            entity.Property<short>("Role").HasColumnName("role").HasColumnType("smallint");
            entity.Property<string>("PasswordHash").HasColumnName("password_hash").HasColumnType("text");
            entity.Property<long>("GraphVersion").HasColumnName("graph_version").HasColumnType("bigint");
            entity.Property<long>("FollowingCount").HasColumnName("following_count").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("CreatedAt").HasColumnName("created_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset?>("EmailVerifiedAt").HasColumnName("email_verified_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Id");
        });
        modelBuilder.Entity("Pulse.UserService.Counts.FollowerCount", entity =>
        {
            entity.ToTable("follower_counts").ToView("follower_totals");
            entity.Property<long>("UserId").HasColumnName("user_id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<long>("Followers").HasColumnName("followers").HasColumnType("bigint");
            entity.Property<bool>("IsCelebrity").HasColumnName("is_celebrity").HasColumnType("boolean");
            entity.HasKey("UserId");
        });
        modelBuilder.Entity("Pulse.UserService.Counts.FollowerCountDelta", entity =>
        {
            entity.ToTable("follower_count_deltas");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").UseIdentityByDefaultColumn();
            entity.Property<long>("UserId").HasColumnName("user_id").HasColumnType("bigint");
            entity.Property<long>("Step").HasColumnName("step").HasColumnType("bigint");
            entity.HasKey("Id");
        });
        modelBuilder.Entity("Pulse.UserService.Follows.Follow", entity =>
        {
            entity.ToTable("follows");
            entity.Property<long>("FollowerId").HasColumnName("follower_id").HasColumnType("bigint");
            entity.Property<long>("FolloweeId").HasColumnName("followee_id").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("Since").HasColumnName("since").HasColumnType("timestamp with time zone");
            entity.Property<bool>("Notify").HasColumnName("notify").HasColumnType("boolean");
            entity.HasKey("FollowerId", "FolloweeId");
        });
        modelBuilder.Entity("Pulse.UserService.Blocks.Block", entity =>
        {
            entity.ToTable("blocks");
            entity.Property<long>("BlockerId").HasColumnName("blocker_id").HasColumnType("bigint");
            entity.Property<long>("BlockedId").HasColumnName("blocked_id").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("Since").HasColumnName("since").HasColumnType("timestamp with time zone");
            entity.HasKey("BlockerId", "BlockedId");
        });
        modelBuilder.Entity("Pulse.UserService.Follows.FollowRequest", entity =>
        {
            entity.ToTable("follow_requests");
            entity.Property<long>("RequesterId").HasColumnName("requester_id").HasColumnType("bigint");
            entity.Property<long>("TargetId").HasColumnName("target_id").HasColumnType("bigint");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("CreatedAt").HasColumnName("created_at").HasColumnType("timestamp with time zone");
            entity.Property<bool>("Notify").HasColumnName("notify").HasColumnType("boolean");
            entity.HasKey("RequesterId", "TargetId");
        });
        modelBuilder.Entity("Pulse.UserService.Mutes.MutedUser", entity =>
        {
            entity.ToTable("mutes");
            entity.Property<long>("MuterId").HasColumnName("muter_id").HasColumnType("bigint");
            entity.Property<long>("MutedId").HasColumnName("muted_id").HasColumnType("bigint");
            entity.Property<DateTimeOffset?>("Until").HasColumnName("until").HasColumnType("timestamp with time zone");
            entity.Property<bool>("RepostsOnly").HasColumnName("reposts_only").HasColumnType("boolean");
            entity.Property<DateTimeOffset>("Since").HasColumnName("since").HasColumnType("timestamp with time zone");
            entity.HasKey("MuterId", "MutedId");
        });
        modelBuilder.Entity("Pulse.UserService.Departure.Erasure", entity =>
        {
            entity.ToTable("erasures");
            entity.Property<long>("UserId").HasColumnName("user_id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<DateTimeOffset>("RequestedAt").HasColumnName("requested_at").HasColumnType("timestamp with time zone");
            entity.HasKey("UserId");
        });
        modelBuilder.Entity("Pulse.UserService.Administration.AdminAction", entity =>
        {
            entity.ToTable("admin_actions");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<long?>("AdminId").HasColumnName("admin_id").HasColumnType("bigint");
            entity.Property<long>("TargetId").HasColumnName("target_id").HasColumnType("bigint");
            entity.Property<string>("Action").HasColumnName("action").HasColumnType("text").IsRequired();
            entity.Property<string>("Reason").HasColumnName("reason").HasColumnType("text");
            entity.Property<DateTimeOffset>("At").HasColumnName("at").HasColumnType("timestamp with time zone");
            entity.HasKey("Id");
        });
        modelBuilder.Entity("Pulse.UserService.Tokens.RefreshToken", entity =>
        {
            entity.ToTable("refresh_tokens");
            entity.Property<byte[]>("Hash").HasColumnName("hash").HasColumnType("bytea").IsRequired().ValueGeneratedNever();
            entity.Property<long>("Family").HasColumnName("family").HasColumnType("bigint");
            entity.Property<long>("UserId").HasColumnName("user_id").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("ExpiresAt").HasColumnName("expires_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset?>("UsedAt").HasColumnName("used_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset?>("RevokedAt").HasColumnName("revoked_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Hash");
        });
        modelBuilder.Entity("Pulse.UserService.Tokens.SigningKey", entity =>
        {
            entity.ToTable("signing_keys");
            entity.Property<string>("KeyId").HasColumnName("kid").HasColumnType("text").IsRequired().ValueGeneratedNever();
            entity.Property<byte[]>("PrivateKey").HasColumnName("private_key").HasColumnType("bytea").IsRequired();
            entity.Property<DateTimeOffset>("CreatedAt").HasColumnName("created_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset>("ActivatesAt").HasColumnName("activates_at").HasColumnType("timestamp with time zone");
            entity.HasKey("KeyId");
        });
        modelBuilder.BuildAccountTables();
        modelBuilder.Entity("Pulse.Messaging.Outbox.OutboxMessage", entity =>
        {
            entity.ToTable("outbox");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<string>("Topic").HasColumnName("topic").HasColumnType("text").IsRequired();
            entity.Property<string>("Type").HasColumnName("type").HasColumnType("text").IsRequired();
            entity.Property<string>("GroupKey").HasColumnName("group_key").HasColumnType("text").IsRequired();
            entity.Property<string>("Body").HasColumnName("body").HasColumnType("text").IsRequired();
            entity.Property<string>("TraceParent").HasColumnName("trace_parent").HasColumnType("text");
            entity.Property<DateTimeOffset>("CreatedAt").HasColumnName("created_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset?>("PublishedAt").HasColumnName("published_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Id");
        });
    }
}
