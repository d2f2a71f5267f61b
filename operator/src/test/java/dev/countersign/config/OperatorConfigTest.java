package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.api.Language;
import dev.countersign.guard.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {

    private static final Map<String, String> POD =
            Map.of("POD_NAME", "operator-0", "POD_NAMESPACE", "countersign-system", "NODE_NAME", "node1");

    private static OperatorConfig parse(String text) {
        return OperatorConfigReader.parse("config.yaml", text, POD);
    }

    private static List<String> problems(String text) {
        return problems(text, POD);
    }

    private static List<String> problems(String text, Map<String, String> environment) {
        InvalidConfigException refusal = catchThrowableOfType(
                InvalidConfigException.class, () -> OperatorConfigReader.parse("config.yaml", text, environment));
        return refusal == null
                ? List.of()
                : refusal.problems().stream().map(ConfigProblem::toString).toList();
    }

    @Test
    void anAlmostEmptyFileGivesTheDefaults() {
        OperatorConfig config = parse("operator: {namespace: countersign-system}");

        assertThat(config.operator())
                .isEqualTo(new OperatorConfig.Operator("countersign-system", "operator-0", "operator-0", "node1"));
        assertThat(config.leaderElection())
                .isEqualTo(new OperatorConfig.LeaderElection(
                        true,
                        "countersign-operator",
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2)));
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.audit().directory()).isEqualTo(Path.of("/var/lib/countersign/audit"));
        assertThat(config.keys().secretName()).isEqualTo("countersign-master-keys");
        assertThat(config.sandbox().runtimeClassName()).isEqualTo("gvisor-nonet");
        assertThat(config.sandbox().images()).isEmpty();
        assertThat(config.sandbox().memoryClasses())
                .containsExactly(64L << 20, 128L << 20, 256L << 20, 512L << 20, 1L << 30, 2L << 30, 4L << 30);
        assertThat(config.sandbox().diskClasses()).containsExactly(64L << 20, 256L << 20, 1L << 30);
        assertThat(config.sandbox().pool()).isEqualTo(new OperatorConfig.Pool(true, 2L << 30, 8L << 30, 64L << 20, 2));
        assertThat(config.execution()).isEqualTo(new OperatorConfig.Execution(20, Duration.ofSeconds(20)));
        assertThat(config.guard()).isEqualTo(new OperatorConfig.Guard(Mode.ENFORCE));
    }

    @Test
    void everyKeyIsRead() {
        OperatorConfig config = parse("""
                operator:
                  namespace: countersign-system
                  identity: somebody
                leaderElection:
                  enabled: false
                  leaseName: lease
                  leaseDurationSeconds: 15
                  renewDeadlineSeconds: 10
                  retryPeriodSeconds: 3
                http:
                  port: 9090
                audit:
                  directory: "/data/audit"
                keys:
                  secretName: keys
                sandbox:
                  runtimeClassName: gvisor
                  images:
                    Python: "countersign/sandbox-python:0.1.0"
                    JavaScript: registry.example.org:5000/js@sha256:%1$s
                  allowedImages: ["registry.example.org/py@sha256:%1$s"]
                  imagePullPolicy: Never
                  cpuLimit: 1500m
                  cpuRequest: 20m
                  startTimeoutSeconds: 30
                  memoryClasses: [128Mi, 1Gi]
                  diskClasses: ["65536", 64Mi]
                  idleLifeSeconds: 1800
                  maxWallTimeSeconds: 600
                  pool:
                    enabled: false
                    departmentMemory: 1Gi
                    totalMemory: 3Gi
                    overheadMemory: 32Mi
                    startsAtOnce: 4
                execution:
                  maxConcurrent: 5
                  terminationGraceSeconds: 9
                guard:
                  mode: Off
                """.formatted("a".repeat(64)));

        assertThat(config)
                .isEqualTo(new OperatorConfig(
                        new OperatorConfig.Operator("countersign-system", "operator-0", "somebody", "node1"),
                        new OperatorConfig.LeaderElection(
                                false, "lease", Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(3)),
                        new OperatorConfig.Http(9090),
                        new OperatorConfig.Audit(Path.of("/data/audit")),
                        new OperatorConfig.Keys("keys"),
                        new OperatorConfig.Sandbox(
                                "gvisor",
                                Map.of(
                                        Language.Python,
                                        "countersign/sandbox-python:0.1.0",
                                        Language.JavaScript,
                                        "registry.example.org:5000/js@sha256:" + "a".repeat(64)),
                                List.of("registry.example.org/py@sha256:" + "a".repeat(64)),
                                "1500m",
                                "20m",
                                "Never",
                                Duration.ofSeconds(30),
                                List.of(128L << 20, 1L << 30),
                                List.of(65536L, 64L << 20),
                                Duration.ofSeconds(1800),
                                Duration.ofSeconds(600),
                                new OperatorConfig.Pool(false, 1L << 30, 3L << 30, 32L << 20, 4)),
                        new OperatorConfig.Execution(5, Duration.ofSeconds(9)),
                        new OperatorConfig.Guard(Mode.OFF)));
    }

    @Test
    void anUnknownKeyIsNamedWithItsLineAndWhatIsKnown() {
        assertThat(problems("""
                operator:
                  namespace: countersign-system
                sandbox:
                  runtimeClass: gvisor
                sandboxes: {}
                """))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("config.yaml:4: sandbox.runtimeClass: is not a known key; known here:")
                        .contains("runtimeClassName"))
                .anySatisfy(problem -> assertThat(problem).startsWith("config.yaml:5: sandboxes: is not a known key"));
    }

    @Test
    void allPoolsTakeNoLessThanADepartments() {
        assertThat(problems("""
                operator: {namespace: countersign-system}
                sandbox:
                  pool:
                    departmentMemory: 9Gi
                    totalMemory: 8Gi
                    overheadMemory: 2000Gi
                    startsAtOnce: 0
                """))
                .containsExactlyInAnyOrder(
                        "config.yaml:5: sandbox.pool.totalMemory: must be at least departmentMemory",
                        "config.yaml:6: sandbox.pool.overheadMemory: must be from 0 to 1024Gi, is \"2000Gi\"",
                        "config.yaml:7: sandbox.pool.startsAtOnce: must be a whole number from 1 to 50, is \"0\"");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("""
                operator: {namespace: Finance}
                leaderElection:
                  enabled: yes
                  leaseDurationSeconds: 5
                http: {port: 80}
                sandbox:
                  cpuRequest: 2
                  memoryClasses: [64Mi, 5Gi, 12MB]
                nonsense: 1
                """))
                .containsExactlyInAnyOrder(
                        "config.yaml:1: operator.namespace: must be a DNS label, such as finance-eu, is \"Finance\"",
                        "config.yaml:3: leaderElection.enabled: must be true or false, is \"yes\"",
                        "config.yaml:3: leaderElection.renewDeadlineSeconds: must be below leaseDurationSeconds, 5,"
                                + " is 10",
                        "config.yaml:5: http.port: must be a whole number from 1024 to 65535, is \"80\"",
                        "config.yaml:7: sandbox.cpuRequest: must be at most cpuLimit, 1, is 2",
                        "config.yaml:8: sandbox.memoryClasses[1]: must be from 16Mi to 4Gi, is \"5Gi\"",
                        "config.yaml:8: sandbox.memoryClasses[2]: must be a size such as 64Mi or 1Gi, is \"12MB\"",
                        "config.yaml:9: nonsense: is not a known key; known here: audit, execution, guard, http,"
                                + " keys, leaderElection, operator, sandbox");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "leaderElection: {leaseDurationSeconds: 2}|must be a whole number from 3 to 300",
                "leaderElection: {leaseDurationSeconds: 301}|must be a whole number from 3 to 300",
                "leaderElection: {renewDeadlineSeconds: 15}|must be below leaseDurationSeconds",
                "leaderElection: {retryPeriodSeconds: 10}|must be below renewDeadlineSeconds",
                "leaderElection: {retryPeriodSeconds: 0}|must be a whole number from 1 to 60",
                "http: {port: 65536}|must be a whole number from 1024 to 65535",
                "http: {port: 8080.5}|must be a whole number",
                "http: {port: 99999999999999999999}|must be a whole number",
                "http: {port: 0x1F90}|must be a whole number",
                "http: {port: [8080]}|must be a whole number from 1024 to 65535, is a list",
                "http: 8080|is a single value, must be a mapping",
                "http: []|is a list, must be a mapping",
                "http: {port: }|has no value",
                "http: {port: null}|has no value",
                "audit: {directory: audit}|must be an absolute path",
                "audit: {directory: /var/../etc!}|must be an absolute path",
                "keys: {secretName: Keys}|must be a DNS name",
                "sandbox: {images: {Ruby: x}}|is not a known key; known here: Bash, JavaScript, Python",
                "sandbox: {images: {Python: 'a b'}}|must be an image reference",
                "sandbox: {allowedImages: ['a:latest']}|must be an image reference with @sha256",
                "sandbox: {imagePullPolicy: Sometimes}|must be one of Always",
                "sandbox: {cpuLimit: 0}|must be CPUs",
                "sandbox: {cpuLimit: 0.5}|must be CPUs",
                "sandbox: {memoryClasses: []}|has 0 items, must have 1 to 16",
                "sandbox: {memoryClasses: 64Mi}|is a single value, must be a list",
                "sandbox: {memoryClasses: [1Mi]}|must be from 16Mi to 4Gi",
                "sandbox: {memoryClasses: [128Mi, 64Mi]}|must rise",
                "sandbox: {memoryClasses: [64Mi, 64Mi]}|must rise",
                "sandbox: {memoryClasses: [9999999999999Gi]}|must be from 16Mi to 4Gi",
                "sandbox: {diskClasses: [2Gi]}|must be from 1Ki to 1Gi",
                "sandbox: {diskClasses: ['1023']}|must be from 1Ki to 1Gi",
                "sandbox: {startTimeoutSeconds: 601}|must be a whole number from 1 to 600",
                "sandbox: {idleLifeSeconds: 59}|must be a whole number from 60 to 86400",
                "sandbox: {maxWallTimeSeconds: 3601}|must be a whole number from 1 to 3600",
                "execution: {maxConcurrent: 0}|must be a whole number from 1 to 1000",
                "execution: {maxConcurrent: 1001}|must be a whole number from 1 to 1000",
                "execution: {terminationGraceSeconds: 601}|must be a whole number from 1 to 600",
                "guard: {mode: false}|guard.mode: must be Enforce or Off, is \"false\"",
                "guard: {mode: Warn}|guard.mode: must be Enforce or Off, is \"Warn\"",
                "operator: {namespace: other}|is other, but POD_NAMESPACE is countersign-system",
            })
    void everyBoundIsHeld(String text, String problem) {
        assertThat(problems(text))
                .singleElement()
                .asString()
                .startsWith("config.yaml:1: ")
                .contains(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http: {port: 1024}",
                "http: {port: 65535}",
                "sandbox: {memoryClasses: [16Mi, 4Gi]}",
                "sandbox: {diskClasses: ['1024', 1Gi]}",
                "sandbox: {cpuLimit: 10m, cpuRequest: 10m}",
                "execution: {maxConcurrent: 1000}"
            })
    void theBoundsThemselvesAreAllowed(String text) {
        assertThat(problems(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'http: {port: 8080'|is not YAML",
                "''|has no content",
                "'- 1'|is a list, must be a mapping",
                "'just words'|is a single value, must be a mapping",
                "'http: &a {port: 8080}'|uses an anchor or alias"
            })
    void whatIsNoConfigurationIsRefused(String text, String problem) {
        assertThat(problems(text)).isNotEmpty().first().asString().contains(problem);
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        assertThat(problems("http:\n  port: 8080\nhttp:\n  port: 8081\n"))
                .singleElement()
                .asString()
                .contains("http");
    }

    @Test
    void aSecondDocumentIsRefused() {
        assertThat(problems("http: {port: 8080}\n---\nhttp: {port: 8081}\n"))
                .singleElement()
                .asString()
                .contains("second document");
    }

    @Test
    void whoTheOperatorIsMustBeSaidSomewhere() {
        assertThat(problems("http: {port: 8080}", Map.of()))
                .anySatisfy(problem -> assertThat(problem).contains("operator.namespace", "POD_NAMESPACE is not set"))
                .anySatisfy(problem -> assertThat(problem).contains("operator.podName", "POD_NAME is not set"))
                .hasSize(2);
        assertThat(problems("operator: {namespace: a, podName: b}", Map.of())).isEmpty();
    }

    @Test
    void thePodsOwnNameWins() {
        assertThat(parse("operator: {podName: written}").operator().podName()).isEqualTo("operator-0");
        assertThat(parse("operator: {podName: written}").operator().identity()).isEqualTo("operator-0");
    }

    @Test
    void variablesAreCheckedToo() {
        assertThat(problems("{}", Map.of("POD_NAME", "A\nB", "POD_NAMESPACE", "a", "COUNTERSIGN_LOG_LEVEL", "LOUD")))
                .anySatisfy(problem -> assertThat(problem).contains("POD_NAME", "must be a DNS name"))
                .anySatisfy(problem -> assertThat(problem).contains("COUNTERSIGN_LOG_LEVEL", "must be one of TRACE"));
    }

    @Test
    void theFileIsNamedByTheEnvironment(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("my.yaml");
        Files.writeString(file, "http: {port: 9999}");
        Map<String, String> environment = Map.of(
                "COUNTERSIGN_CONFIG", file.toString(), "POD_NAME", "operator-0", "POD_NAMESPACE", "countersign-system");

        assertThat(OperatorConfig.load(environment).http().port()).isEqualTo(9999);
    }

    @Test
    void aFileThatCannotBeReadIsAProblemLikeAnyOther(@TempDir Path directory) throws Exception {
        Path missing = directory.resolve("missing.yaml");
        Path binary = directory.resolve("binary.yaml");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe});
        Path huge = directory.resolve("huge.yaml");
        Files.write(huge, new byte[ConfigFile.MAX_BYTES + 1]);

        assertThat(loadProblem(missing)).isEqualTo(missing + ": does not exist");
        assertThat(loadProblem(binary)).isEqualTo(binary + ": is not UTF-8");
        assertThat(loadProblem(huge)).startsWith(huge + ": is larger than");
    }

    private static String loadProblem(Path file) {
        return catchThrowableOfType(
                        InvalidConfigException.class,
                        () -> OperatorConfig.load(Map.of("COUNTERSIGN_CONFIG", file.toString())))
                .getMessage();
    }
}
