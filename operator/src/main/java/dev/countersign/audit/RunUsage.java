package dev.countersign.audit;

/** What a run used, as its supervisor measured it. */
public record RunUsage(long wallMillis, long cpuMillis, long peakMemoryBytes, long outputBytes) {}
