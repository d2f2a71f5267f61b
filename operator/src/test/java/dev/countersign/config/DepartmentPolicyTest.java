package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy of a department, as it stands in the departments' file. */
class DepartmentPolicyTest {

    private static final String IMAGE = "registry.example/python@sha256:" + "a".repeat(64);
    private static final String OTHER_IMAGE = "registry.example/python@sha256:" + "b".repeat(64);

    private static DepartmentPolicy parse(String policy) {
        return policyIn(file(policy));
    }

    private static DepartmentPolicy policyIn(String file) {
        return DepartmentsReader.parse("departments.yaml", file, "countersign-system")
                .all()
                .getFirst()
                .policy();
    }

    private static List<String> problems(String policy) {
        InvalidConfigException refusal = catchThrowableOfType(
                InvalidConfigException.class,
                () -> DepartmentsReader.parse("departments.yaml", file(policy), "countersign-system"));
        return refusal == null
                ? List.of()
                : refusal.problems().stream().map(ConfigProblem::toString).toList();
    }

    private static String file(String policy) {
        return "version: 1\ndepartments:\n- name: finance\n  namespace: finance\n  policy: " + policy + "\n";
    }

    @Test
    void everyKeyIsRead() {
        String file = """
                version: 1
                departments:
                  - name: finance
                    namespace: finance
                    policy:
                      autonomy: Supervised
                      limits:
                        cpuTimeSeconds: 10
                        wallTimeSeconds: 60
                        memory: 256Mi
                        output: "512"
                        disk: 1Ki
                        processes: 8
                      images: ["%s", "%s"]
                      singleAdmin: true
                      externalAuthorship: false
                      quotas:
                        concurrentRuns: 7
                        concurrentRunsPerAgent: 6
                        runsPerHour: 5
                        runsPerHourPerAgent: 4
                        cpuSecondsPerHour: 3
                        cpuSecondsPerHourPerAgent: 2
                      drain: true
                """.formatted(IMAGE, OTHER_IMAGE);

        assertThat(policyIn(file))
                .isEqualTo(DepartmentPolicy.of(
                        Autonomy.Supervised,
                        new Limits(10, 60, "256Mi", "512", "1Ki", 8),
                        Set.of(IMAGE, OTHER_IMAGE),
                        true,
                        false,
                        new Quotas(7, 6, 5, 4, 3, 2),
                        true));
    }

    @Test
    void whoStatesNothingHasTheDefaults() {
        DepartmentPolicy standard = DepartmentPolicy.of(
                Autonomy.Autonomous, null, Set.of(), false, true, new Quotas(20, 0, 0, 0, 0, 0), false);

        assertThat(parse("{}")).isEqualTo(DepartmentPolicy.DEFAULT).isEqualTo(standard);
        assertThat(parse("{quotas: {}}")).isEqualTo(standard);
        // Written out or left out, it is one policy.
        assertThat(parse("{limits: {}}")).isEqualTo(standard);
        assertThat(parse("{autonomy: Autonomous, images: [], drain: false, quotas: {concurrentRuns: 20}}"))
                .isEqualTo(standard);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{autonomy: autonomous}|policy.autonomy: must be one of Autonomous, Supervised, ByFindings, is",
                "{autonomy: [Supervised]}|policy.autonomy: must be one of Autonomous, Supervised, ByFindings, is a list",
                "{autonomy: }|policy.autonomy: has no value",
                "{limits: 5}|policy.limits: is a single value, must be a mapping",
                "{limits: {cpuTimeSeconds: 0}}|limits.cpuTimeSeconds: must be a whole number from 1 to 3600",
                "{limits: {cpuTimeSeconds: 3601}}|limits.cpuTimeSeconds: must be a whole number from 1 to 3600",
                "{limits: {wallTimeSeconds: 1.5}}|limits.wallTimeSeconds: must be a whole number from 1 to 3600",
                "{limits: {memory: 8Mi}}|limits.memory: must be from 16Mi to 4Gi, is \"8Mi\"",
                "{limits: {memory: 5Gi}}|limits.memory: must be from 16Mi to 4Gi",
                "{limits: {memory: 64MB}}|limits.memory: must be a size such as 64Mi or 1Gi",
                "{limits: {memory: [64Mi]}}|limits.memory: must be a size such as 64Mi or 1Gi",
                "{limits: {output: 97Ki}}|limits.output: must be from 1 byte to 96Ki",
                "{limits: {disk: '1023'}}|limits.disk: must be from 1Ki to 1Gi",
                "{limits: {processes: 513}}|limits.processes: must be a whole number from 1 to 512",
                "{limits: {cpu: 1}}|limits.cpu: is not a known key; known here: cpuTimeSeconds, disk,",
                "{images: ['python:latest']}|policy.images[0]: must be an image reference with @sha256",
                "{images: python}|policy.images: is a single value, must be a list",
                "{singleAdmin: yes}|policy.singleAdmin: must be true or false, is \"yes\"",
                "{externalAuthorship: 1}|policy.externalAuthorship: must be true or false",
                "{drain: soon}|policy.drain: must be true or false",
                "{quotas: []}|policy.quotas: is a list, must be a mapping",
                "{quotas: {concurrentRuns: 0}}|quotas.concurrentRuns: must be a whole number from 1 to 1000",
                "{quotas: {concurrentRuns: 1001}}|quotas.concurrentRuns: must be a whole number from 1 to 1000",
                "{quotas: {concurrentRunsPerAgent: 21}}|concurrentRunsPerAgent: must be at most concurrentRuns, 20, is 21",
                "{quotas: {concurrentRunsPerAgent: -1}}|PerAgent: must be a whole number from 0 to 1000",
                "{quotas: {runsPerHour: 1000001}}|quotas.runsPerHour: must be a whole number from 0 to 1000000",
                "{quotas: {runsPerHour: 5, runsPerHourPerAgent: 6}}|must be at most runsPerHour, 5, is 6",
                "{quotas: {cpuSecondsPerHour: 100000001}}|must be a whole number from 0 to 100000000",
                "{quotas: {cpuSecondsPerHour: 5, cpuSecondsPerHourPerAgent: 6}}|must be at most cpuSecondsPerHour",
                "{quotas: {perDay: 5}}|quotas.perDay: is not a known key",
                "{autonomie: Supervised}|policy.autonomie: is not a known key; known here: autonomy, drain,",
                "none|policy: is a single value, must be a mapping",
            })
    void everyBoundIsHeld(String policy, String problem) {
        assertThat(problems(policy))
                .singleElement()
                .asString()
                .startsWith("departments.yaml:5: departments[0].policy")
                .contains(problem);
    }

    @Test
    void anImageThatStandsTwiceIsRefused() {
        assertThat(problems("{images: ['" + IMAGE + "', '" + IMAGE + "']}"))
                .singleElement()
                .asString()
                .contains("policy.images: has an item twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{limits: {cpuTimeSeconds: 1, wallTimeSeconds: 3600, processes: 512}}",
                "{limits: {memory: 16Mi, output: '1', disk: 1Ki}}",
                "{limits: {memory: 4Gi, output: 96Ki, disk: 1Gi, processes: 1}}",
                "{quotas: {concurrentRuns: 1, concurrentRunsPerAgent: 1}}",
                "{quotas: {concurrentRuns: 1000, concurrentRunsPerAgent: 1000}}",
                "{quotas: {runsPerHourPerAgent: 6}}",
                "{quotas: {runsPerHour: 1000000, cpuSecondsPerHour: 100000000}}",
            })
    void theBoundsThemselvesAreAllowed(String policy) {
        assertThat(problems(policy)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{autonomy: Supervised}",
                "{autonomy: ByFindings}",
                "{limits: {cpuTimeSeconds: 5}}",
                "{limits: {wallTimeSeconds: 5}}",
                "{limits: {memory: 64Mi}}",
                "{limits: {output: 64Ki}}",
                "{limits: {disk: 64Mi}}",
                "{limits: {processes: 5}}",
                "{images: [registry.example/a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}",
                "{singleAdmin: true}",
                "{externalAuthorship: false}",
                "{quotas: {concurrentRuns: 5}}",
                "{quotas: {concurrentRunsPerAgent: 5}}",
                "{quotas: {runsPerHour: 5}}",
                "{quotas: {runsPerHourPerAgent: 5}}",
                "{quotas: {cpuSecondsPerHour: 5}}",
                "{quotas: {cpuSecondsPerHourPerAgent: 5}}",
                "{drain: true}",
            })
    void everyKeyIsInTheDigest(String policy) {
        assertThat(parse(policy).digest())
                .matches("sha256:[0-9a-f]{64}")
                .isNotEqualTo(DepartmentPolicy.DEFAULT.digest());
    }

    @Test
    void theDigestIsOfWhatIsMeantNotOfHowItIsWritten() {
        assertThat(parse("{limits: {memory: 1Gi}}").digest())
                .isEqualTo(parse("{limits: {memory: 1024Mi}}").digest());
        assertThat(parse("{images: ['" + IMAGE + "', '" + OTHER_IMAGE + "']}").digest())
                .isEqualTo(parse("{images: ['" + OTHER_IMAGE + "', '" + IMAGE + "']}")
                        .digest());
    }

    /** A digest stands in audit records for years: the same policy must hash to the same words in every version. */
    @Test
    void theDigestStaysWhatItWas() {
        assertThat(DepartmentPolicy.DEFAULT.digest())
                .isEqualTo("sha256:87862069be5a5c5fabd152827caaef74cb8557a4d338893f63e41d6be5259cb5");
    }
}
