namespace Pulse.AppHost.Commands;

/// <summary>Puts what every queue has given up back into it, as `./pulse dlq replay` does for one.</summary>
internal static class DeadLetterCommand
{
    public static void WithReplayCommand(this IResourceBuilder<IResourceWithConnectionString> bus, IResourceBuilder<ProjectResource> fanout, ServiceCalls calls) =>
        bus.WithCommand("replay-dead-letters", "Replay dead letters", context => ReplayAsync(context, fanout, calls), new CommandOptions
        {
            Description = "Puts the dead letters of every queue back into it. Handlers are idempotent: one that is taken twice does no harm.",
            IconName = "ArrowReplyAll",
            UpdateState = DevelopmentCommands.WhileRunning,
        });

    private static async Task<ExecuteCommandResult> ReplayAsync(ExecuteCommandContext context, IResourceBuilder<ProjectResource> fanout, ServiceCalls calls)
    {
        var (replayed, failed) = (0, 0);
        try
        {
            var dead = await calls.InternalAsync<DeadLetters>(context, HttpMethod.Get, fanout, "/internal/dead-letters");
            foreach (var (queue, _) in dead.Queues.Where(queue => queue.Count > 0))
            {
                var answer = await calls.InternalAsync<Replay>(context, HttpMethod.Post, fanout, $"/internal/dead-letters/{Uri.EscapeDataString(queue)}/replay");
                (replayed, failed) = (replayed + answer.Replayed, failed + answer.Failed);
            }
        }
        catch (CallRefusedException refused)
        {
            return CommandResults.Failure(refused.Message);
        }

        return failed > 0
            ? CommandResults.Failure($"{replayed} replayed; {failed} could not be sent and are dead letters still.")
            : DevelopmentCommands.Done($"{replayed} dead {(replayed == 1 ? "letter" : "letters")} replayed.");
    }

    private sealed record DeadLetters(IReadOnlyList<DeadLetterCount> Queues);

    private sealed record DeadLetterCount(string Queue, long Count);

    private sealed record Replay(string Queue, int Replayed, int Failed);
}
