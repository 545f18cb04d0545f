// Placeholder until the daemon runs.
