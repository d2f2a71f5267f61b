package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.template.RunLimits;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RequestDigestsTest {
    private static final String TEMPLATE_DIGEST = "sha256:" + "a".repeat(64);

    private static final String EXECUTION = """
      apiVersion: countersign.dev/v1alpha1
      kind: Execution
      metadata: {namespace: finance, name: run-1, uid: 0b6ff3c2-6d33-4a08-9c0e-6a3c7c1f6f01}
      spec:
        templateRef: {name: report}
        inputs: {name: Ann}
        stdin: "line\\n"
        files: [{path: a.csv, content: "1,2"}]
        reasoning: "Ann asked for it"
        requestedBy: {username: "system:serviceaccount:finance:agent", uid: "7"}
      """;

    /** What of a request a person need not decide about; every other field of the spec must change the digest. */
    private static final Set<String> NOT_BOUND = Set.of(
            // The digest of the template itself is bound instead.
            "templateRef",
            // The limits that result are bound instead, and the code that runs.
            "limits",
            "code",
            "activeDeadlineSeconds",
            "ttlSecondsAfterFinished",
            "cancel");

    /** For each field of the spec a value that differs from the one above. */
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("templateRef", "{\"name\": \"reports\"}"),
            Map.entry("inputs", "{\"name\": \"Bob\"}"),
            Map.entry("stdin", "\"other\""),
            Map.entry("files", "[{\"path\": \"a.csv\", \"content\": \"1,3\"}]"),
            Map.entry("code", "\"print(3)\""),
            Map.entry("reasoning", "\"Bob asked for it\""),
            Map.entry("requestedBy", "{\"username\": \"system:serviceaccount:finance:agent\", \"uid\": \"8\"}"),
            Map.entry("limits", "{\"memory\": \"64Mi\"}"),
            Map.entry("activeDeadlineSeconds", "60"),
            Map.entry("ttlSecondsAfterFinished", "60"),
            Map.entry("cancel", "true"));

    @TestFactory
    Stream<DynamicTest> everyFieldThatAPersonDecidesAboutIsBound() {
        return Arrays.stream(ExecutionSpec.class.getRecordComponents())
                .map(field -> dynamicTest(field.getName(), () -> {
                    // Given: a new field of the spec has no entry here until somebody has decided what it is
                    assertThat(OTHER).as("a value for the field").containsKey(field.getName());

                    // When
                    String digest = with(field.getName(), OTHER.get(field.getName()));

                    // Then
                    if (NOT_BOUND.contains(field.getName())) {
                        assertThat(digest).isEqualTo(digest(EXECUTION));
                    } else {
                        assertThat(digest).isNotEqualTo(digest(EXECUTION));
                    }
                }));
    }

    @Test
    void theVeryObjectTheTemplateTheCodeAndTheLimitsAreBound() {
        assertThat(digest(EXECUTION.replace("f6f01", "f6f02"))).isNotEqualTo(digest(EXECUTION));
        assertThat(digest(EXECUTION.replace("run-1", "run-2"))).isNotEqualTo(digest(EXECUTION));
        assertThat(digest(EXECUTION.replace("namespace: finance", "namespace: research")))
                .isNotEqualTo(digest(EXECUTION));
        var execution = execution(EXECUTION);
        assertThat(Stream.of(
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", RunLimits.DEFAULTS),
                                RequestDigests.of(
                                        execution, "sha256:" + "b".repeat(64), "print(1)", RunLimits.DEFAULTS),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(2)", RunLimits.DEFAULTS),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(1, 0, 0, 0, 0, 0)),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(0, 1, 0, 0, 0, 0)),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(0, 0, 1, 0, 0, 0)),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(0, 0, 0, 1, 0, 0)),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(0, 0, 0, 0, 1, 0)),
                                RequestDigests.of(execution, TEMPLATE_DIGEST, "print(1)", limits(0, 0, 0, 0, 0, 1)))
                        .map(RequestDigests::request)
                        .distinct())
                .hasSize(9);
    }

    @Test
    void theDigestOfVersionTwoNeverChanges() {
        // A golden vector: run keys and the approvals of single runs hang on these numbers.
        var digests = RequestDigests.of(execution(EXECUTION), TEMPLATE_DIGEST, "print(1)\n", RunLimits.DEFAULTS);

        assertThat(digests.request())
                .isEqualTo("sha256:e91988cd0d715ce2cab23639e948642a37fb55abe7e24d94fa73fd35ef3a5419");
        assertThat(digests.inputs())
                .isEqualTo("sha256:1495fd4e4e9fc63814679b537d620c77e1db98d327b2a4420ca7446068a50d6b");
        assertThat(digests.code()).isEqualTo("sha256:cc42155088fca5730758db72b2a5bca33112a941dfaa2d43098ec422ce4ea213");
    }

    private static RunLimits limits(long cpu, long wall, long memory, long output, long disk, int processes) {
        var limits = RunLimits.DEFAULTS;
        return new RunLimits(
                limits.cpuMillis() - cpu,
                limits.wallMillis() - wall,
                limits.memoryBytes() - memory,
                limits.outputBytes() - output,
                limits.diskBytes() - disk,
                limits.processes() - processes);
    }

    private static String with(String field, String json) {
        var tree = Serialization.unmarshal(EXECUTION, ObjectNode.class);
        ((ObjectNode) tree.get("spec")).set(field, Serialization.unmarshal(json, JsonNode.class));
        return digest(tree.toString());
    }

    private static String digest(String yaml) {
        return RequestDigests.of(execution(yaml), TEMPLATE_DIGEST, "print(1)", RunLimits.DEFAULTS)
                .request();
    }

    private static Execution execution(String yaml) {
        return Serialization.unmarshal(yaml, Execution.class);
    }
}
