using Pulse.SystemTests;

// One running Pulse for all tests; they stop its parts, so they take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(RunningPulse))]
