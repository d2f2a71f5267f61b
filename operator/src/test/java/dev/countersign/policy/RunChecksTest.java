package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import dev.countersign.policy.CheckChain.Decision;
import dev.countersign.quota.Usage;
import dev.countersign.quota.Window;
import dev.countersign.template.TemplateFacts;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every check, by whole examples: a file each in {@code policy/}, with the objects as YAML and the decision they must
 * get. A file that is there is run; a check that no file needs is a failure.
 */
class RunChecksTest {
    private static final Path CASES = Path.of("src/test/resources/policy");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ALLOWED_IMAGE = "registry.example/python@sha256:" + "a".repeat(64);

    private record Case(String name, RunRequest request, JsonNode expected) {
        String expectedCheck() {
            return expected.get("check").textValue();
        }
    }

    @TestFactory
    Stream<DynamicTest> decides() {
        return cases().stream()
                .map(each -> dynamicTest(each.name(), () -> {
                    // When
                    Decision decision = RunChecks.chain().decide(each.request());

                    // Then
                    assertThat(words(decision)).isEqualTo(words(each.expected()));
                }));
    }

    /** A check that can be taken out without any example noticing is not tested. */
    @TestFactory
    Stream<DynamicTest> everyCheckIsNeeded() {
        return RunChecks.named().stream()
                .map(check -> dynamicTest(check.name(), () -> {
                    // Given
                    List<CheckChain.Named> others = new ArrayList<>(RunChecks.named());
                    others.removeIf(other -> other.name().equals(check.name()));
                    var without = new CheckChain(others);

                    // When
                    var noticed = cases().stream()
                            .filter(each -> each.expectedCheck().equals(check.name()))
                            .filter(each ->
                                    !without.decide(each.request()).check().equals(check.name()))
                            .filter(each ->
                                    !words(without.decide(each.request())).equals(words(each.expected())))
                            .toList();

                    // Then
                    assertThat(noticed)
                            .as("examples that %s decides", check.name())
                            .isNotEmpty();
                }));
    }

    @Test
    void aCheckThatBreaksDenies() {
        // Given
        var chain = new CheckChain(List.of(new CheckChain.Named("Broken", request -> {
            throw new IllegalStateException("secret detail");
        })));

        // When
        Decision decision = chain.decide(cases().getFirst().request());

        // Then
        assertThat(decision.verdict()).isInstanceOfSatisfying(Verdict.Deny.class, deny -> {
            assertThat(deny.message()).contains("Broken").doesNotContain("secret detail");
        });
    }

    private static String words(Decision decision) {
        return switch (decision.verdict()) {
            case Verdict.Allow allow -> "all: Allow";
            case Verdict.Deny deny -> decision.check() + ": Deny " + deny.reason() + ": " + deny.message();
            case Verdict.Hold hold -> decision.check() + ": Hold " + hold.reason() + ": " + hold.message();
        };
    }

    private static String words(JsonNode expected) {
        String verdict = expected.get("verdict").textValue();
        String head = expected.get("check").textValue() + ": " + verdict;
        return verdict.equals("Allow")
                ? head
                : head + " " + expected.get("reason").textValue() + ": "
                        + expected.get("message").textValue();
    }

    private static List<Case> cases() {
        try (var files = Files.list(CASES)) {
            return files.sorted().map(RunChecksTest::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case read(Path file) {
        try {
            JsonNode yaml = Serialization.unmarshal(Files.readString(file), JsonNode.class);
            var template = Optional.ofNullable(yaml.get("template"))
                    .map(each -> Serialization.unmarshal(each.toString(), CodeTemplate.class))
                    .map(each -> TemplateFacts.of(each, Set.of(ALLOWED_IMAGE)));
            var request = new RunRequest(
                    Serialization.unmarshal(execution(yaml).toString(), Execution.class),
                    yaml.path("department").asBoolean(true) ? Optional.of(department(yaml)) : Optional.empty(),
                    template,
                    new Approvals(approvals(yaml, template)),
                    new Usage(
                            window(yaml.path("usage").path("department")),
                            window(yaml.path("usage").path("agent"))),
                    NOW);
            return new Case(file.getFileName().toString(), request, yaml.get("expect"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Department department(JsonNode yaml) {
        var standard = DepartmentPolicy.DEFAULT;
        JsonNode quotas = yaml.path("policy").path("quotas");
        var policy = DepartmentPolicy.of(
                standard.autonomy(),
                standard.limits(),
                standard.images(),
                standard.singleAdmin(),
                standard.externalAuthorship(),
                quotas.isMissingNode() ? standard.quotas() : Serialization.unmarshal(quotas.toString(), Quotas.class),
                standard.drain());
        return new Department("finance", "finance", "finance-sandboxes", policy);
    }

    private static Window window(JsonNode yaml) {
        return yaml.isMissingNode() ? Window.EMPTY : Serialization.unmarshal(yaml.toString(), Window.class);
    }

    // "largeInputs: N" stands for an input of N bytes, which nobody wants to read in a file.
    private static JsonNode execution(JsonNode yaml) {
        JsonNode execution = yaml.get("execution").deepCopy();
        if (yaml.has("largeInputs")) {
            ((com.fasterxml.jackson.databind.node.ObjectNode) execution.get("spec"))
                    .putObject("inputs")
                    .put("name", "x".repeat(yaml.get("largeInputs").intValue()));
        }
        return execution;
    }

    // "LIVE" stands for the digest that the template of the same file has.
    private static List<TemplateApproval> approvals(JsonNode yaml, Optional<TemplateFacts> template) {
        List<TemplateApproval> approvals = new ArrayList<>();
        String live = template.map(TemplateFacts::digest).orElse("");
        yaml.path("approvals")
                .forEach(each -> approvals.add(Serialization.unmarshal(
                        each.toString().replace("\"LIVE\"", "\"" + live + "\""), TemplateApproval.class)));
        return approvals;
    }
}
