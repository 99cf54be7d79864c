using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pulse.Contracts.Internal;
using Pulse.Gateway.Authentication;

namespace Pulse.Gateway.Tests.Authentication;

public sealed class RunningRequestsTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public void Cut_RevokedAndLong_EndsThatOneAlone()
    {
        var running = new RunningRequests(_clock);
        var (old, other, gone) = (NewRequest(), NewRequest(), NewRequest());
        running.Enter(old.Context, new TokenSession(1, 7, 0));
        running.Enter(other.Context, new TokenSession(2, 7, 0));
        running.Leave(running.Enter(gone.Context, new TokenSession(1, 7, 0)));
        _clock.Advance(RunningRequests.Moment);
        var (young, waiting) = (NewRequest(), NewRequest(hasStarted: false));
        running.Enter(young.Context, new TokenSession(1, 7, 0));

        Assert.Equal(1, running.Cut(session => session.Session == 1));

        Assert.Equal((1, 0, 0, 0, 0), (old.Aborts, other.Aborts, gone.Aborts, young.Aborts, waiting.Aborts));
        running.Enter(waiting.Context, new TokenSession(1, 7, 0));
        _clock.Advance(RunningRequests.Moment);
        running.Cut(session => session.Session == 1);
        Assert.Equal((1, 0), (young.Aborts, waiting.Aborts));
    }

    [Fact]
    public async Task Enter_ManyAtOnce_EachHasItsPlace()
    {
        var running = new RunningRequests(_clock);
        var requests = Enumerable.Range(0, 2_000).Select(_ => NewRequest()).ToList();

        await Task.WhenAll(requests.Select((request, index) => Task.Run(() =>
        {
            var ticket = running.Enter(request.Context, new TokenSession(index, 7, 0));
            // Every other one leaves, and gives its place to one who comes.
            if (index % 2 == 1) running.Leave(ticket);
        })));
        _clock.Advance(RunningRequests.Moment);

        Assert.Equal(1_000, running.Cut(_ => true));
        Assert.All(requests.Index(), request => Assert.Equal(1 - (request.Index % 2), request.Item.Aborts));
    }

    [Fact]
    public void HotPath_WithRevocationsKnown_AllocatesNothing()
    {
        var (running, revocations) = (new RunningRequests(_clock), new Revocations(_clock));
        for (var session = 1; session <= 1_000; session++) revocations.Add(new Revocation(session, session, UserId: null, _clock.GetUtcNow(), _clock.GetUtcNow() + TimeSpan.FromMinutes(16)));
        var caller = new ClaimsPrincipal(new ClaimsIdentity([new("sub", "7"), new("sid", "5000"), new("iat", "1")], "test"));
        var context = NewRequest().Context;
        var refused = Turn(running, revocations, caller, context, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        refused += Turn(running, revocations, caller, context, 10_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, refused);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Prune_TokensHaveExpired_ForgetsThem()
    {
        var revocations = new Revocations(_clock);
        revocations.Add(new Revocation(1, 5, UserId: null, _clock.GetUtcNow(), _clock.GetUtcNow() + TimeSpan.FromMinutes(16)));
        revocations.Add(new Revocation(2, Session: null, new(9), _clock.GetUtcNow(), _clock.GetUtcNow() + TimeSpan.FromMinutes(16)));
        revocations.Prune();
        Assert.Equal(2, revocations.Count);

        _clock.Advance(TimeSpan.FromMinutes(17));
        revocations.Prune();

        Assert.Equal(0, revocations.Count);
    }

    private static int Turn(RunningRequests running, Revocations revocations, ClaimsPrincipal caller, HttpContext context, int times)
    {
        var refused = 0;
        for (var time = 0; time < times; time++)
        {
            if (revocations.IsRevoked(caller)) refused++;
            running.Leave(running.Enter(context, TokenSession.Of(caller)));
        }

        return refused;
    }

    private static FakeRequest NewRequest(bool hasStarted = true) => new(hasStarted);

    private sealed class FakeRequest : HttpResponseFeature, IHttpRequestLifetimeFeature
    {
        private readonly bool _hasStarted;
        private int _aborts;

        public FakeRequest(bool hasStarted)
        {
            _hasStarted = hasStarted;
            Context = new DefaultHttpContext();
            Context.Features.Set<IHttpResponseFeature>(this);
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
        }

        public HttpContext Context { get; }

        public int Aborts => _aborts;

        public override bool HasStarted => _hasStarted;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => Interlocked.Increment(ref _aborts);
    }

    private sealed class StoppedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan time) => _now += time;
    }
}
