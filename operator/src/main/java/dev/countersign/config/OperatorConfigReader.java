package dev.countersign.config;

import dev.countersign.api.Language;
import dev.countersign.guard.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@link OperatorConfig}: where every default and every bound stands. */
final class OperatorConfigReader {

    private static final String DEFAULT_FILE = "/etc/countersign/config.yaml";
    private static final Set<String> LOG_LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long MOST_POOL_MEMORY = 1024 * GIB;

    private final Problems problems;
    private final Map<String, String> environment;

    private OperatorConfigReader(Problems problems, Map<String, String> environment) {
        this.problems = problems;
        this.environment = environment;
    }

    static OperatorConfig load(Map<String, String> environment) {
        String file = environment.getOrDefault("COUNTERSIGN_CONFIG", DEFAULT_FILE);
        try {
            return parse(file, ConfigFile.read(Path.of(file)), environment);
        } catch (IOException e) {
            throw new InvalidConfigException(List.of(new ConfigProblem(file, 0, "", ConfigFile.reason(e))));
        }
    }

    /** @param source names the text in messages */
    static OperatorConfig parse(String source, String text, Map<String, String> environment) {
        Problems problems = new Problems(source);
        Section root = new Section(problems, "", YamlReader.read(text, problems));
        OperatorConfig config = new OperatorConfigReader(problems, environment).read(root);
        root.end();
        problems.throwIfAny();
        return config;
    }

    private OperatorConfig read(Section root) {
        checkLogLevel();
        return new OperatorConfig(
                operator(root.section("operator")),
                leaderElection(root.section("leaderElection")),
                http(root.section("http")),
                audit(root.section("audit")),
                keys(root.section("keys")),
                sandbox(root.section("sandbox")),
                execution(root.section("execution")),
                guard(root.section("guard")));
    }

    private OperatorConfig.Operator operator(Section section) {
        String namespace = section.text("namespace", "", TextRule.DNS_LABEL);
        String podNamespace = variable("POD_NAMESPACE", TextRule.DNS_LABEL);
        if (podNamespace != null && !namespace.isEmpty() && !podNamespace.equals(namespace)) {
            section.problem("namespace", "is " + namespace + ", but POD_NAMESPACE is " + podNamespace);
        }
        if (podNamespace == null && section.missing("namespace")) {
            section.problem("namespace", "is missing, and POD_NAMESPACE is not set");
        }
        String configuredPod = section.text("podName", "", TextRule.DNS_SUBDOMAIN);
        String pod = variable("POD_NAME", TextRule.DNS_SUBDOMAIN);
        if (pod == null && section.missing("podName")) {
            section.problem("podName", "is missing, and POD_NAME is not set");
        }
        String podName = pod != null ? pod : configuredPod;
        String identity = section.text("identity", podName, TextRule.IDENTITY);
        section.end();
        return new OperatorConfig.Operator(
                podNamespace != null ? podNamespace : namespace,
                podName,
                identity,
                variable("NODE_NAME", TextRule.DNS_SUBDOMAIN));
    }

    private static OperatorConfig.LeaderElection leaderElection(Section section) {
        boolean enabled = section.flag("enabled", true);
        String leaseName = section.text("leaseName", "countersign-operator", TextRule.DNS_SUBDOMAIN);
        int lease = section.number("leaseDurationSeconds", 15, 3, 300);
        int renew = section.number("renewDeadlineSeconds", 10, 2, 299);
        int retry = section.number("retryPeriodSeconds", 2, 1, 60);
        if (renew >= lease) {
            section.problem("renewDeadlineSeconds", "must be below leaseDurationSeconds, " + lease + ", is " + renew);
        }
        if (retry >= renew) {
            section.problem("retryPeriodSeconds", "must be below renewDeadlineSeconds, " + renew + ", is " + retry);
        }
        section.end();
        return new OperatorConfig.LeaderElection(
                enabled, leaseName, Duration.ofSeconds(lease), Duration.ofSeconds(renew), Duration.ofSeconds(retry));
    }

    private static OperatorConfig.Http http(Section section) {
        int port = section.number("port", 8080, 1024, 65535);
        section.end();
        return new OperatorConfig.Http(port);
    }

    private static OperatorConfig.Audit audit(Section section) {
        String directory = section.text("directory", "/var/lib/countersign/audit", TextRule.DIRECTORY);
        section.end();
        return new OperatorConfig.Audit(Path.of(directory));
    }

    private static OperatorConfig.Keys keys(Section section) {
        String secretName = section.text("secretName", "countersign-master-keys", TextRule.DNS_SUBDOMAIN);
        section.end();
        return new OperatorConfig.Keys(secretName);
    }

    private static OperatorConfig.Sandbox sandbox(Section section) {
        String cpuLimit = section.text("cpuLimit", "1", TextRule.CPU);
        String cpuRequest = section.text("cpuRequest", "10m", TextRule.CPU);
        if (Quantity.cpuMillis(cpuRequest) > Quantity.cpuMillis(cpuLimit)) {
            section.problem("cpuRequest", "must be at most cpuLimit, " + cpuLimit + ", is " + cpuRequest);
        }
        OperatorConfig.Sandbox sandbox = new OperatorConfig.Sandbox(
                section.text("runtimeClassName", "gvisor-nonet", TextRule.DNS_SUBDOMAIN),
                images(section.section("images")),
                section.texts("allowedImages", 256, TextRule.IMAGE_BY_DIGEST),
                cpuLimit,
                cpuRequest,
                section.text("imagePullPolicy", "IfNotPresent", TextRule.PULL_POLICY),
                Duration.ofSeconds(section.number("startTimeoutSeconds", 60, 1, 600)),
                // Bounds of spec.limits.memory and spec.limits.disk in the CRDs.
                section.risingBytes(
                        "memoryClasses",
                        List.of(64 * MIB, 128 * MIB, 256 * MIB, 512 * MIB, GIB, 2 * GIB, 4 * GIB),
                        16,
                        16 * MIB,
                        4 * GIB,
                        "from 16Mi to 4Gi"),
                section.risingBytes("diskClasses", List.of(64 * MIB, 256 * MIB, GIB), 16, KIB, GIB, "from 1Ki to 1Gi"),
                Duration.ofSeconds(section.number("idleLifeSeconds", 3600, 60, 86400)),
                Duration.ofSeconds(section.number("maxWallTimeSeconds", 3600, 1, 3600)),
                pool(section.section("pool")));
        section.end();
        return sandbox;
    }

    private static OperatorConfig.Pool pool(Section section) {
        var pool = new OperatorConfig.Pool(
                section.flag("enabled", true),
                memory(section, "departmentMemory", 2 * GIB),
                memory(section, "totalMemory", 8 * GIB),
                memory(section, "overheadMemory", 64 * MIB),
                section.number("startsAtOnce", 2, 1, 50));
        if (pool.totalMemory() < pool.departmentMemory()) {
            section.problem("totalMemory", "must be at least departmentMemory");
        }
        section.end();
        return pool;
    }

    private static long memory(Section section, String key, long fallback) {
        String size = section.optionalSize(key, 0, MOST_POOL_MEMORY, "from 0 to 1024Gi");
        return size == null ? fallback : Quantity.bytes(size);
    }

    private static Map<Language, String> images(Section section) {
        Map<Language, String> images = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            String image = section.optionalText(language.name(), TextRule.IMAGE);
            if (image != null) {
                images.put(language, image);
            }
        }
        section.end();
        return Map.copyOf(images);
    }

    private static OperatorConfig.Execution execution(Section section) {
        int maxConcurrent = section.number("maxConcurrent", 20, 1, 1000);
        int grace = section.number("terminationGraceSeconds", 20, 1, 600);
        section.end();
        return new OperatorConfig.Execution(maxConcurrent, Duration.ofSeconds(grace));
    }

    private static OperatorConfig.Guard guard(Section section) {
        String mode = section.text("mode", "Enforce", TextRule.GUARD_MODE);
        section.end();
        return new OperatorConfig.Guard(mode.equals("Off") ? Mode.OFF : Mode.ENFORCE);
    }

    private @Nullable String variable(String name, TextRule rule) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (!rule.accepts(value)) {
            problems.addElsewhere("environment variable " + name, "must be " + rule.description());
            return null;
        }
        return value;
    }

    /** The logging library takes a level it does not know for DEBUG, silently. */
    private void checkLogLevel() {
        String level = environment.get("COUNTERSIGN_LOG_LEVEL");
        if (level != null && !LOG_LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
            problems.addElsewhere(
                    "environment variable COUNTERSIGN_LOG_LEVEL",
                    "must be one of TRACE, DEBUG, INFO, WARN, ERROR, OFF");
        }
    }
}
