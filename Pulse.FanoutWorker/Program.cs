using Pulse.Contracts.Events;
using Pulse.FanoutWorker;
using Pulse.FanoutWorker.Consuming;
using Pulse.FanoutWorker.DeadLetters;
using Pulse.FanoutWorker.Delivery;
using Pulse.FanoutWorker.Graph;
using Pulse.FanoutWorker.Notifications;
using Pulse.FanoutWorker.Planning;
using Pulse.Messaging;
using Pulse.Messaging.Queues;
using Pulse.ServiceDefaults;
using Pulse.Timelines;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis");
builder.AddTimelines();
builder.AddMessageQueues();

builder.Services.AddSingleton<FanoutTelemetry>();
builder.Services.AddOutageDetection();
builder.Services.AddFanoutPlanning();
builder.Services.AddSingleton<PushDelivery>();
builder.Services.AddSingleton<FollowProjection>();
// Before the pumps: it stops after them.
builder.Services.AddProgressBeat();
builder.AddQueuePump<PostEventHandler>(Topics.FanoutQueue);
builder.AddQueuePump<GraphEventHandler>(Topics.GraphQueue);
builder.AddNotifications();
builder.Services.AddDeadLetters();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDeadLettersApi();
app.Run();

public partial class Program;
