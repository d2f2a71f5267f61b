package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.countersign.api.Autonomy;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.config.Quotas;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every way of weakening the policies that we know, by example: see {@code guard/cases.yaml}. */
class PolicyFingerprintTest {

    private static final Path FOLDER = Path.of("src/test/resources/guard");
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final Departments DEPARTMENTS = new Departments(List.of(
            new Department("finance", "finance", "finance-sandboxes", DepartmentPolicy.DEFAULT),
            new Department(
                    "laboratory",
                    "lab",
                    "lab-sandboxes",
                    DepartmentPolicy.of(Autonomy.Autonomous, null, Set.of(), true, true, Quotas.DEFAULT, false))));

    private static final JsonNode BASE = read("base.yaml");

    @TestFactory
    Stream<DynamicTest> eachCaseIsTold() {
        return StreamSupport.stream(read("cases.yaml").spliterator(), false)
                .map(each -> dynamicTest(each.get("case").asText(), () -> {
                    PolicyFingerprint print = fingerprint(each.get("patch"));

                    assertThat(facts(print.problems())).isEqualTo(texts(each.path("problems")));
                    assertThat(facts(print.disagreements())).isEqualTo(texts(each.path("disagreements")));
                    assertThat(facts(print.warnings())).isEqualTo(texts(each.path("warnings")));
                    assertThat(Stream.of(print.problems(), print.disagreements(), print.warnings())
                                    .flatMap(List::stream))
                            .allSatisfy(problem -> assertThat(problem).contains("install the chart"));
                }));
    }

    /** As long as CEL takes, and longer: reading it must not end the guard's thread. */
    @Test
    void aListCanBeOfAnyLength() throws IOException {
        String list = IntStream.range(100_000, 200_000)
                .mapToObj(i -> "'a" + i + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        JsonNode patch = YAML.readTree("[{op: replace, path: /found/0/spec/variables/0/expression, value: \"" + list
                + "\"}, {op: replace, path: /found/0/spec/failurePolicy, value: Ignore}]");

        PolicyFingerprint print = fingerprint(patch);

        assertThat(print.problems()).singleElement().asString().contains("spec.failurePolicy");
        assertThat(print.disagreements()).singleElement().asString().hasSizeLessThan(1000);
    }

    /** What cannot be seen in the digest cannot be seen in the log either. */
    @TestFactory
    Stream<DynamicTest> eachChangeOfWhatGuardsIsInTheDigest() {
        String digest = fingerprint(YAML.createArrayNode()).digest();
        return StreamSupport.stream(read("cases.yaml").spliterator(), false)
                .filter(each -> each.has("problems") || each.has("disagreements"))
                .map(each -> dynamicTest(each.get("case").asText(), () -> assertThat(
                                fingerprint(each.get("patch")).digest())
                        .isNotEqualTo(digest)));
    }

    @Test
    void theIdentityIsThatOfAllThatAreThere() {
        GuardIdentity identity = fingerprint(YAML.createArrayNode()).identity();

        assertThat(identity.text())
                .isEqualTo("{\"policies\":["
                        + "{\"generation\":1,\"kind\":\"ValidatingAdmissionPolicy\",\"name\":\"countersign-approvals\","
                        + "\"uid\":\"p1\"},{\"generation\":1,\"kind\":\"ValidatingAdmissionPolicyBinding\","
                        + "\"name\":\"countersign-approvals\",\"uid\":\"b1\"},{\"generation\":1,"
                        + "\"kind\":\"MutatingAdmissionPolicy\",\"name\":\"countersign-identity\",\"uid\":\"m1\"}]}");
        assertThat(GuardIdentity.parse(identity.text())).contains(identity);
    }

    @Test
    void whatIsNoIdentityIsNone() {
        assertThat(GuardIdentity.parse("")).isEmpty();
        assertThat(GuardIdentity.parse("{\"policies\":[{\"kind\":\"Pod\"}]}")).isEmpty();
    }

    private static PolicyFingerprint fingerprint(JsonNode patch) {
        JsonNode found = JsonPatch.apply(patch, BASE);
        List<ObservedPolicy> policies = new ArrayList<>();
        found.path("found").forEach(each -> policies.add(policy(each)));
        return PolicyFingerprint.of(
                expected(), new Observation(policies, found.path("fills").asBoolean()), DEPARTMENTS);
    }

    private static ExpectedPolicies expected() {
        return ExpectedPolicies.of(
                StreamSupport.stream(BASE.path("expected").spliterator(), false)
                        .map(JsonNode::toString)
                        .toList(),
                "countersign-system");
    }

    private static ObservedPolicy policy(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObservedPolicy(
                new PolicyKey(
                        PolicyKind.of(object.path("kind").asText()).orElseThrow(),
                        metadata.path("name").asText()),
                new Version(
                        metadata.path("uid").asText(),
                        metadata.path("generation").asLong()),
                Instant.parse(metadata.path("creationTimestamp").asText()),
                object.path("spec"));
    }

    /** Without the advice, which is the same for most. */
    private static List<String> facts(List<String> problems) {
        return problems.stream()
                .map(each -> each.replaceFirst(": (delete it and install the chart|wait a minute).*", ""))
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode read(String file) {
        try {
            return YAML.readTree(FOLDER.resolve(file).toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
