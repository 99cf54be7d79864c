using Microsoft.AspNetCore.Http.Features;

namespace Pulse.Gateway.Authentication;

/// <summary>
/// The requests under way and whose they are, so that a revocation reaches the streams that began before it. Every request is noted
/// on its way in and out: a place in a table of its own stripe, no allocation, well below a microsecond. Nobody looks at the table
/// but the follower, once a second.
/// </summary>
internal sealed class RunningRequests(TimeProvider clock)
{
    /// <summary>Shorter ones end by themselves; among them are the calls that revoke, whose answer shall arrive.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private const int Stripes = 16;
    private const int None = -1;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Stripe())];

    /// <summary>Notes a request. Give the ticket back when it has ended.</summary>
    public Ticket Enter(HttpContext context, TokenSession session)
    {
        // Taken here, on the request's own thread: the context itself is nothing for another one.
        var request = new Request(
            session, clock.GetTimestamp(), context.Features.GetRequiredFeature<IHttpResponseFeature>(), context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>());
        var stripe = Environment.CurrentManagedThreadId % Stripes;
        return new Ticket(stripe, _stripes[stripe].Add(request));
    }

    public void Leave(Ticket ticket) => _stripes[ticket.Stripe].Remove(ticket.Place);

    /// <summary>Breaks off the responses that have begun, are older than <see cref="Moment"/>, and belong to a revoked token.</summary>
    /// <returns>How many.</returns>
    public int Cut(Func<TokenSession, bool> isRevoked) => _stripes.Sum(stripe => stripe.Cut(isRevoked, clock));

    /// <summary>A place in the table.</summary>
    internal readonly record struct Ticket(int Stripe, int Place);

    private readonly record struct Request(TokenSession Session, long Since, IHttpResponseFeature Response, IHttpRequestLifetimeFeature Lifetime);

    private sealed class Stripe
    {
        private readonly Lock _gate = new();
        private Request[] _requests = new Request[32];
        private int[] _nextFree = new int[32];
        private int _used;
        private int _free = None;

        public int Add(in Request request)
        {
            lock (_gate)
            {
                int place;
                if (_free != None)
                {
                    (place, _free) = (_free, _nextFree[_free]);
                }
                else
                {
                    if (_used == _requests.Length)
                    {
                        Array.Resize(ref _requests, 2 * _used);
                        Array.Resize(ref _nextFree, 2 * _used);
                    }

                    place = _used++;
                }

                _requests[place] = request;
                return place;
            }
        }

        public void Remove(int place)
        {
            lock (_gate)
            {
                _requests[place] = default;
                _nextFree[place] = _free;
                _free = place;
            }
        }

        public int Cut(Func<TokenSession, bool> isRevoked, TimeProvider clock)
        {
            var cut = 0;
            // Under the lock: nobody's request leaves, and gives its connection to the next one, before it is broken off.
            lock (_gate)
            {
                for (var place = 0; place < _used; place++)
                {
                    var request = _requests[place];
                    if (request.Session is null || clock.GetElapsedTime(request.Since) < Moment || !request.Response.HasStarted || !isRevoked(request.Session)) continue;

                    request.Lifetime.Abort();
                    cut++;
                }
            }

            return cut;
        }
    }
}
