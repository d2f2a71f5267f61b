package dev.countersign.sandbox.wire;

/**
 * What the run used, the whole process tree together.
 *
 * @param wallMillis from accepted to end, in milliseconds
 * @param cpuMillis user and system time, in milliseconds
 * @param peakMemoryBytes highest memory use seen
 * @param outputBytes written to stdout and stderr, what was cut off included
 */
public record Usage(long wallMillis, long cpuMillis, long peakMemoryBytes, long outputBytes) {}
