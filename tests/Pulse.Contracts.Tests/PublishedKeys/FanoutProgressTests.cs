using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Tests.PublishedKeys;

public sealed class FanoutProgressTests
{
    private static readonly DateTimeOffset Time = new(2026, 5, 4, 3, 2, 1, 678, TimeSpan.Zero);

    [Fact]
    public void Decode_WhatEncodeWrote_IsTheSame()
    {
        var worker = new WorkerProgress(Time, Time.AddSeconds(12));

        Assert.Equal(Time, FanoutProgress.Decode(FanoutProgress.Encode(Time)));
        Assert.Equal(worker, WorkerProgress.Decode(worker.Encode()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    public void Decode_NoTime_IsNull(string? value)
    {
        Assert.Null(FanoutProgress.Decode(value));
        Assert.Null(WorkerProgress.Decode(value));
        Assert.Null(WorkerProgress.Decode($"{value}:1"));
        Assert.Null(WorkerProgress.Decode($"1:{value}"));
    }
}
