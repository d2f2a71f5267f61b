package dev.countersign.audit;

/** The limits a run was authorized with, in the units the sandbox enforces. */
public record RunLimits(
        long cpuMillis, long wallMillis, long memoryBytes, long outputBytes, long diskBytes, int processes) {}
