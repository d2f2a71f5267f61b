package dev.countersign.sandbox.wire;

/**
 * What the supervisor holds the run to. All above zero: the supervisor refuses a
 * job with any other.
 *
 * @param cpuMillis CPU time of the whole process tree, ended children included, in milliseconds
 * @param wallMillis time from accepted to end, in milliseconds
 * @param memoryBytes memory of the code
 * @param outputBytes stdout and stderr together
 * @param diskBytes everything written below the work directory
 * @param processes processes at one time
 * @param fileBytes output files' content that the result carries, together, before base64
 * @param valueBytes largest {@code result.json}
 */
public record JobLimits(
        long cpuMillis,
        long wallMillis,
        long memoryBytes,
        long outputBytes,
        long diskBytes,
        int processes,
        long fileBytes,
        long valueBytes) {
    /** @throws IllegalArgumentException for a limit that is not above zero */
    public JobLimits {
        positive("cpuMillis", cpuMillis);
        positive("wallMillis", wallMillis);
        positive("memoryBytes", memoryBytes);
        positive("outputBytes", outputBytes);
        positive("diskBytes", diskBytes);
        positive("processes", processes);
        positive("fileBytes", fileBytes);
        positive("valueBytes", valueBytes);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " is " + value);
        }
    }
}
