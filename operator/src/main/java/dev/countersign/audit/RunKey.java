package dev.countersign.audit;

/** What one authorization and its settlement have in common. Attempt 0 stands for the Execution as a whole. */
record RunKey(String executionUid, int attempt) {}
