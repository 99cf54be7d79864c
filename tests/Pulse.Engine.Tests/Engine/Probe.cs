using System.Diagnostics;
using System.Reflection;
using StackExchange.Redis;

namespace Pulse.Engine.Tests.Engine;

/// <summary>Told of every statement and every Redis command of the flow that it watches, before and after.</summary>
internal interface IProbe
{
    /// <summary>May block or throw: the step has not begun.</summary>
    void Before(string step);

    void After();
}

/// <summary>
/// The seam between two steps of production code, without a hook in it: a proxy around the Redis client, and the activity that
/// Npgsql starts before a statement goes out.
/// </summary>
internal static class Probe
{
    // They change nothing that a page shows.
    private static readonly HashSet<string> Ignored = [nameof(IDatabase.KeyExpireAsync), nameof(IDatabase.ExecuteAsync), nameof(IDatabase.PingAsync)];

    /// <summary>The step of a statement of SQL; a Redis command has its own name.</summary>
    public const string Statement = "SQL";

    private static readonly AsyncLocal<IProbe?> Watching = new();
    private static readonly ActivityListener Statements = Listen();

    public static IProbe? Current
    {
        get => Watching.Value;
        set => Watching.Value = value;
    }

    public static IConnectionMultiplexer Around(IConnectionMultiplexer redis)
    {
        GC.KeepAlive(Statements);
        var proxy = DispatchProxy.Create<IConnectionMultiplexer, ConnectionProxy>();
        ((ConnectionProxy)proxy).Inner = redis;
        return proxy;
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => Current is null ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
            ActivityStarted = activity =>
            {
                if (Current is not { } probe) return;

                activity.SetCustomProperty(nameof(Probe), probe);
                probe.Before(Statement);
            },
            ActivityStopped = activity => (activity.GetCustomProperty(nameof(Probe)) as IProbe)?.After(),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Hands out watched databases. Not sealed: the proxy derives from it.</summary>
    internal class ConnectionProxy : DispatchProxy
    {
        public IConnectionMultiplexer Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(Inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
            if (result is not IDatabase database) return result;

            var proxy = DispatchProxy.Create<IDatabase, DatabaseProxy>();
            ((DatabaseProxy)proxy).Inner = database;
            return proxy;
        }
    }

    /// <summary>Tells the probe of each asynchronous command. Not sealed: the proxy derives from it.</summary>
    internal class DatabaseProxy : DispatchProxy
    {
        private static readonly MethodInfo Watched = typeof(DatabaseProxy).GetMethod(nameof(WatchResultAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

        public IDatabase Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (Current is not { } probe) return targetMethod!.Invoke(Inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);

            if (Ignored.Contains(targetMethod!.Name)) probe = Nobody.Instance;
            probe.Before(targetMethod.Name);
            var result = targetMethod.Invoke(Inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
            if (result is Task task) return Watch(task, targetMethod.ReturnType, probe);

            probe.After();
            return result;
        }

        private static object Watch(Task task, Type type, IProbe probe) => type == typeof(Task)
            ? WatchAsync(task, probe)
            : Watched.MakeGenericMethod(type.GetGenericArguments()).Invoke(obj: null, [task, probe])!;

        private static async Task<T> WatchResultAsync<T>(Task<T> task, IProbe probe)
        {
            await WatchAsync(task, probe);
            return await task;
        }

        private static async Task WatchAsync(Task task, IProbe probe)
        {
            // The client completes its tasks on the thread that reads its socket, which must not come to a stop.
            var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = task.ContinueWith(_ => elsewhere.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await elsewhere.Task;
            probe.After();
            await task;
        }
    }

    private sealed class Nobody : IProbe
    {
        public static readonly Nobody Instance = new();

        public void Before(string step)
        {
        }

        public void After()
        {
        }
    }
}
