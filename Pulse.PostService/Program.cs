using Pulse.Messaging;
using Pulse.Messaging.Outbox;
using Pulse.PostService;
using Pulse.PostService.Counting;
using Pulse.PostService.Data;
using Pulse.PostService.Discovery;
using Pulse.PostService.Engagement;
using Pulse.PostService.Erasing;
using Pulse.PostService.Exporting;
using Pulse.PostService.Hydration;
using Pulse.PostService.Media;
using Pulse.PostService.Moderation;
using Pulse.PostService.Posts;
using Pulse.PostService.Publishing;
using Pulse.PostService.Safety;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;
using Pulse.PostService.Threads;
using Pulse.ServiceDefaults;
using Pulse.ServiceDefaults.Ids;
using Pulse.ServiceDefaults.OpenApi;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Redis;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<PostDbContext>(
    "postsdb",
    settings => (settings.DisableRetry, settings.ConnectionString) = (true, builder.PostgresLine(settings.ConnectionString)),
    QuietDatabaseErrors.Configure);
builder.AddPostgresDataSource("postsdb");
builder.Services.AddSnowflakeIds();
builder.AddRedisClient("redis");
builder.Services.AddRedisCircuit();
builder.AddEventPublisher();
builder.AddOutboxRelay();
builder.Services.AddSingleton<PostsTelemetry>();
builder.Services.AddPosts();
builder.Services.AddTexts();
builder.Services.AddPublishing();
builder.Services.AddShowing();
builder.Services.AddThreads();
builder.Services.AddDiscovery();
builder.Services.AddEngagement();
builder.Services.AddSafety();
builder.Services.AddCounting();
builder.Services.AddMedia();
builder.Services.AddModeration();
builder.AddPulseOpenApi();

var app = builder.Build();
if (MigrateVerb.IsAskedFor(args)) return await app.MigrateAsync<PostDbContext>();

app.UseServiceDefaults();
app.MapPulseOpenApi();
app.MapPostsApi();
app.MapThreadApi();
app.MapDiscoveryApi();
app.MapMediaApi();
app.MapReportsApi();
app.MapAdminReportsApi();
app.MapEngagementApi();
app.MapHydrationApi();
app.MapErasureApi();
app.MapExportApi();
await app.RunAsync();
return 0;
