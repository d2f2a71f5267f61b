package dev.countersign.config;

import dev.countersign.api.Language;
import dev.countersign.guard.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the operator is told at its start. Holds no secret, only names of some, so it may be printed.
 *
 * <p>Defaults and bounds are those of {@link OperatorConfigReader}; the keys of the file have the names of the
 * components here, with {@code Seconds} appended to durations.
 */
public record OperatorConfig(
        Operator operator,
        LeaderElection leaderElection,
        Http http,
        Audit audit,
        Keys keys,
        Sandbox sandbox,
        Execution execution,
        Guard guard) {

    /**
     * Who and where this process is.
     *
     * @param identity its name in the Lease and in the audit log
     * @param nodeName absent outside a cluster
     */
    public record Operator(
            String namespace,
            String podName,
            String identity,
            @Nullable String nodeName) {}

    /** The Lease that one replica holds. */
    public record LeaderElection(
            boolean enabled, String leaseName, Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {}

    /** Where metrics and health are served. */
    public record Http(int port) {}

    /** Where the audit log's files are. */
    public record Audit(Path directory) {}

    /** Which Secret holds the master keys. */
    public record Keys(String secretName) {}

    /**
     * How sandbox pods are made.
     *
     * @param images the image for a language, for templates that name none; a language without one cannot run
     * @param allowedImages images, by digest, that templates may name
     * @param cpuLimit a CPU quantity
     * @param cpuRequest a CPU quantity, at most the limit
     * @param startTimeout how long a pod may take to be running
     * @param memoryClasses bytes, rising: limits round up to one of these
     * @param diskClasses bytes, rising: likewise
     * @param idleLife how long a pod may wait for a job
     * @param maxWallTime the longest wall limit any run can have
     * @param pool those that wait
     */
    public record Sandbox(
            String runtimeClassName,
            Map<Language, String> images,
            List<String> allowedImages,
            String cpuLimit,
            String cpuRequest,
            String imagePullPolicy,
            Duration startTimeout,
            List<Long> memoryClasses,
            List<Long> diskClasses,
            Duration idleLife,
            Duration maxWallTime,
            Pool pool) {}

    /**
     * How many sandboxes wait for work.
     *
     * @param enabled whether any does
     * @param departmentMemory bytes that a department's waiting sandboxes may take
     * @param totalMemory bytes that all waiting sandboxes may take
     * @param overheadMemory bytes that the RuntimeClass adds to each
     * @param startsAtOnce started ahead at once, at most
     */
    public record Pool(
            boolean enabled, long departmentMemory, long totalMemory, long overheadMemory, int startsAtOnce) {}

    /**
     * How runs are handled.
     *
     * @param maxConcurrent runs under way at once, over all departments
     * @param terminationGrace how long a stopping operator waits for hand-overs under way
     */
    public record Execution(int maxConcurrent, Duration terminationGrace) {}

    /**
     * How the admission policies are watched over.
     *
     * @param mode {@code Enforce} or, for development, {@code Off}
     */
    public record Guard(Mode mode) {}

    /**
     * Reads the configuration of this process.
     *
     * @param environment {@code COUNTERSIGN_CONFIG} names the file (default
     *     {@code /etc/countersign/config.yaml}); {@code POD_NAME}, {@code POD_NAMESPACE} and {@code NODE_NAME} come
     *     from the downward API; {@code COUNTERSIGN_LOG_LEVEL} is checked, the logging library reads it itself
     * @throws InvalidConfigException with all problems, a file that cannot be read included
     */
    public static OperatorConfig load(Map<String, String> environment) {
        return OperatorConfigReader.load(environment);
    }
}
