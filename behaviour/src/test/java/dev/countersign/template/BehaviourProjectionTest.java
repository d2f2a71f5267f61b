package dev.countersign.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.api.Limits;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.api.codetemplate.Egress;
import dev.countersign.api.codetemplate.EgressRule;
import dev.countersign.api.codetemplate.TemplateInputs;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BehaviourProjectionTest {
    private static final String TEMPLATE = """
      apiVersion: countersign.dev/v1alpha1
      kind: CodeTemplate
      metadata: {namespace: finance, name: report, labels: {a: b}}
      spec: {language: Python, code: "print(1)\\n"}
      """;

    /**
     * Each a template, its canonical text and its digest. Anybody can take the digest of a text:
     * {@code (echo codetemplate-digest/v1; printf %s "$canonical") | sha256sum}.
     */
    private static final String VECTORS = "src/test/resources/dev/countersign/template/vectors.json";

    /** Fields that say nothing about what runs; every other field of the spec must change the digest. */
    private static final Set<String> NOT_BEHAVIOUR = Set.of("description", "warm", "authors");

    /** For each field of the spec a value that differs from the template's above. */
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("description", "\"other\""),
            Map.entry("language", "\"Bash\""),
            Map.entry("code", "\"print(2)\\n\""),
            Map.entry("freeform", "true"),
            Map.entry("inputs", "{\"schema\": {\"type\": \"object\"}}"),
            Map.entry("limits", "{\"memory\": \"64Mi\"}"),
            Map.entry("egress", "{\"allow\": [{\"host\": \"a.example\", \"port\": 443}]}"),
            Map.entry("autonomy", "\"Supervised\""),
            Map.entry("runtimeImage", "\"r.example/i@sha256:" + "a".repeat(64) + "\""),
            Map.entry("retries", "1"),
            Map.entry("warm", "{\"min\": 1}"),
            Map.entry("allowedAgents", "[\"agent\"]"),
            Map.entry("authors", "[{\"username\": \"tom\"}]"));

    /** For each limit a value that differs from its default. */
    private static final Map<String, String> OTHER_LIMITS = Map.of(
            "cpuTimeSeconds", "4",
            "wallTimeSeconds", "29",
            "memory", "64Mi",
            "output", "1Ki",
            "disk", "1Mi",
            "processes", "3");

    @TestFactory
    Stream<DynamicTest> everyFieldOfBehaviourChangesTheDigest() {
        return Arrays.stream(CodeTemplateSpec.class.getRecordComponents())
                .map(field -> dynamicTest(field.getName(), () -> {
                    // Given: a new field of the spec has no entry here until somebody has decided what it is
                    assertThat(OTHER).as("a value for the field").containsKey(field.getName());

                    // When
                    String digest = with(field.getName(), OTHER.get(field.getName()));

                    // Then
                    if (NOT_BEHAVIOUR.contains(field.getName())) {
                        assertThat(digest).isEqualTo(digest(TEMPLATE));
                    } else {
                        assertThat(digest).isNotEqualTo(digest(TEMPLATE));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyLimitChangesTheDigest() {
        return components(Limits.class)
                .map(limit -> dynamicTest(limit, () -> {
                    assertThat(OTHER_LIMITS).as("a value for the limit").containsKey(limit);
                    String stated = limit + ": " + OTHER_LIMITS.get(limit);
                    assertThat(digest(TEMPLATE.replace("spec: {", "spec: {limits: {" + stated + "}, ")))
                            .isNotEqualTo(digest(TEMPLATE));
                }));
    }

    /** A part that comes to one of these has to come to the tests of its field, too. */
    @Test
    void nothingWithinAFieldIsForgotten() {
        assertThat(components(TemplateInputs.class)).containsExactly("schema");
        assertThat(components(Egress.class)).containsExactly("allow");
        assertThat(components(EgressRule.class)).containsExactly("host", "port");
    }

    private static Stream<String> components(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName);
    }

    @TestFactory
    Stream<DynamicTest> everyPartOfEgressChangesTheDigest() {
        String base = withEgress("{host: a.example, port: 443}, {host: b.example, port: 80}");
        return Map.of(
                        "host", "{host: c.example, port: 443}, {host: b.example, port: 80}",
                        "port", "{host: a.example, port: 444}, {host: b.example, port: 80}",
                        "host of the second", "{host: a.example, port: 443}, {host: c.example, port: 80}",
                        "port of the second", "{host: a.example, port: 443}, {host: b.example, port: 81}",
                        "one less", "{host: a.example, port: 443}",
                        "ports exchanged", "{host: a.example, port: 80}, {host: b.example, port: 443}")
                .entrySet()
                .stream()
                .map(part -> dynamicTest(part.getKey(), () -> assertThat(digest(withEgress(part.getValue())))
                        .isNotEqualTo(digest(base))));
    }

    @Test
    void namespaceAndNameAreBoundAndLabelsAreNot() {
        assertThat(digest(TEMPLATE.replace("finance", "research"))).isNotEqualTo(digest(TEMPLATE));
        assertThat(digest(TEMPLATE.replace("name: report", "name: reports"))).isNotEqualTo(digest(TEMPLATE));
        assertThat(digest(TEMPLATE.replace("{a: b}", "{a: c}"))).isEqualTo(digest(TEMPLATE));
    }

    @Test
    void statedDefaultsAndEqualQuantitiesAreOneBehaviour() {
        String stated = TEMPLATE.replace(
                "spec: {",
                "spec: {freeform: false, retries: 0, autonomy: Autonomous, limits:"
                        + " {cpuTimeSeconds: 5, wallTimeSeconds: 30, memory: 131072Ki, output: \"65536\", disk: 64Mi, processes: 64}, ");
        assertThat(digest(stated)).isEqualTo(digest(TEMPLATE));
    }

    @Test
    void theDigestOfVersionOneNeverChanges() {
        // A golden vector: every approval in the world hangs on this number.
        assertThat(BehaviourProjection.of(template(TEMPLATE)).canonical())
                .isEqualTo(
                        "{\"allowedAgents\":[],\"autonomy\":\"Autonomous\",\"code\":\"print(1)\\n\",\"egress\":[],\"freeform\":false,"
                                + "\"language\":\"Python\",\"limits\":{\"cpuMillis\":5000,\"diskBytes\":67108864,\"memoryBytes\":134217728,"
                                + "\"outputBytes\":65536,\"processes\":64,\"wallMillis\":30000},\"name\":\"report\",\"namespace\":\"finance\","
                                + "\"retries\":0}");
        assertThat(digest(TEMPLATE))
                .isEqualTo("sha256:53f366e92cb07b70b73415e14de903a78413f1eab40c0e55caf9d1e75de7aa78");
    }

    /** The same for templates that say more. The texts were written without this program, the digests taken of them. */
    @TestFactory
    Stream<DynamicTest> noVectorOfVersionOneEverChanges() throws IOException {
        var vectors = new ObjectMapper().readTree(Path.of(VECTORS).toFile());
        assertThat(vectors).hasSizeGreaterThan(5);
        return StreamSupport.stream(vectors.spliterator(), false)
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> {
                    var projection = BehaviourProjection.of(
                            template(vector.path("template").toString()));

                    assertThat(projection.canonical())
                            .isEqualTo(vector.path("canonical").asText());
                    assertThat(projection.digest())
                            .isEqualTo(vector.path("digest").asText());
                }));
    }

    @Test
    void aSnapshotHashesToTheDigestItWasTakenWith() {
        var projection = BehaviourProjection.of(template(TEMPLATE));
        assertThat(BehaviourProjection.digestOf(projection.canonical())).isEqualTo(projection.digest());
        assertThat(BehaviourProjection.digestOf(projection.canonical() + " ")).isNotEqualTo(projection.digest());
    }

    private static String withEgress(String rules) {
        return TEMPLATE.replace("spec: {", "spec: {egress: {allow: [" + rules + "]}, ");
    }

    private static String with(String field, String json) {
        var tree = Serialization.unmarshal(TEMPLATE, com.fasterxml.jackson.databind.node.ObjectNode.class);
        ((com.fasterxml.jackson.databind.node.ObjectNode) tree.get("spec"))
                .set(field, Serialization.unmarshal(json, com.fasterxml.jackson.databind.JsonNode.class));
        return digest(tree.toString());
    }

    private static String digest(String yaml) {
        return BehaviourProjection.of(template(yaml)).digest();
    }

    private static CodeTemplate template(String yaml) {
        return Serialization.unmarshal(yaml, CodeTemplate.class);
    }
}
