namespace Pulse.Timelines.Store;

/// <summary>
/// The steps on a list that must be one. Ids are compared as two 32-bit halves: a Lua number is a double and keeps 53 bits,
/// and <c>&lt;</c> on Lua strings follows the locale.
/// </summary>
internal static class TimelineScripts
{
    private const string Prelude =
        """
        local unfilled = '\127\255\255\255\255\255\255\255'
        local function halves(id) return struct.unpack('>I4I4', id) end
        local function less(a, b)
          local ah, al = halves(a)
          local bh, bl = halves(b)
          return ah < bh or (ah == bh and al < bl)
        end
        local function after(id)
          local high, low = halves(id)
          if low == 4294967295 then return struct.pack('>I4I4', high + 1, 0) end
          return struct.pack('>I4I4', high, low + 1)
        end
        local tail = redis.call('LINDEX', KEYS[1], -1)
        local marked = tail and #tail == 24

        """;

    /// <summary>
    /// Takes a cold list for a rebuild. ARGV: unfilled marker, milliseconds to live.
    /// 1: taken, pushes land from here on. 0: it is open or warm already.
    /// </summary>
    public const string Open = Prelude +
        """
        if marked and string.sub(tail, 9, 16) == string.sub(ARGV[1], 9, 16) then return 0 end
        redis.call('DEL', KEYS[1])
        redis.call('RPUSH', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    /// <summary>
    /// Fills an open list. ARGV: token of the opening, marker with the floor, milliseconds to live, then ids newest first.
    /// 1: published. 0: the list is not the one that was opened any more.
    /// </summary>
    public const string Publish = Prelude +
        """
        if not marked or string.sub(tail, 17, 24) ~= ARGV[1] then return 0 end
        redis.call('RPOP', KEYS[1])
        for first = 4, #ARGV, 1000 do
          redis.call('RPUSH', KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
        end
        redis.call('RPUSH', KEYS[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    /// <summary>
    /// Cuts a list back to its newest arrivals. ARGV: capacity, new token.
    /// The floor rises above every id that was dropped, whatever order they had arrived in. Answers how many were dropped.
    /// </summary>
    public const string Trim = Prelude +
        """
        local capacity = tonumber(ARGV[1])
        local surplus = redis.call('LLEN', KEYS[1]) - 1 - capacity
        if not marked or surplus <= 0 then return 0 end
        local dropped = redis.call('LRANGE', KEYS[1], capacity, -2)
        local floor = string.sub(tail, 1, 8)
        if floor ~= unfilled then
          for _, id in ipairs(dropped) do
            if not less(id, floor) then floor = after(id) end
          end
        end
        redis.call('LTRIM', KEYS[1], 0, capacity - 1)
        redis.call('RPUSH', KEYS[1], floor .. string.sub(tail, 9, 16) .. ARGV[2])
        return surplus
        """;

    /// <summary>
    /// Adds a new followee's posts to a list that exists. ARGV: new token, least complete id of the addition (8 zero bytes: all of them), then ids newest first.
    /// Where the addition is not complete down to the floor, the floor rises to where it is; an open list has no floor yet, so its
    /// rebuilder, which may not have seen the new edge, has to start again. Answers the new length, 0 without a list.
    /// </summary>
    public const string Merge = Prelude +
        """
        if not marked then return 0 end
        for first = 3, #ARGV, 1000 do
          redis.call('LPUSHX', KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
        end
        local floor = string.sub(tail, 1, 8)
        local partial = ARGV[2] ~= '\0\0\0\0\0\0\0\0'
        if partial and (floor == unfilled or less(floor, ARGV[2])) then
          if floor ~= unfilled then floor = ARGV[2] end
          redis.call('LSET', KEYS[1], -1, floor .. string.sub(tail, 9, 16) .. ARGV[1])
        end
        return redis.call('LLEN', KEYS[1])
        """;

    /// <summary>Sets a version if it is greater than the one that stands there, or none stands there. ARGV: version.</summary>
    public const string Raise =
        """
        local current = redis.call('GET', KEYS[1])
        if current and tonumber(current) >= tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1])
        return 1
        """;
}
