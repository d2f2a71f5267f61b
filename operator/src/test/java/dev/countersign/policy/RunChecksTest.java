package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.executionapproval.ExecutionApprovalSpec;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.api.templateapproval.TemplateApprovalSpec;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.LiveTemplate;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.ObservedRunApproval;
import dev.countersign.approval.Terms;
import dev.countersign.approval.TestingLog;
import dev.countersign.approval.TestingRules;
import dev.countersign.audit.MemoryLog;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import dev.countersign.policy.CheckChain.Decision;
import dev.countersign.quota.Usage;
import dev.countersign.quota.Window;
import dev.countersign.template.TemplateFacts;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
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
 *
 * <p>Where a file says nothing else, the guard stands, the log has accepted every approval, and the department has the
 * default policy.
 */
class RunChecksTest {
    private static final Path CASES = Path.of("src/test/resources/policy");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ALLOWED_IMAGE = "registry.example/python@sha256:" + "a".repeat(64);
    private static final List<Case> ALL = readAll();

    record Case(String name, RunRequest request, JsonNode expected, Approvals approvals, Optional<LiveTemplate> live) {
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
                .map(check -> dynamicTest(check.name(), () -> assertThat(neededFor(check.name()))
                        .as("examples that %s decides", check.name())
                        .isNotEmpty()));
    }

    /** The examples that the check decides, and that are decided otherwise without it. */
    static List<Case> neededFor(String check) {
        List<CheckChain.Named> others = new ArrayList<>(RunChecks.named());
        others.removeIf(other -> other.name().equals(check));
        var without = new CheckChain(others);
        return cases().stream()
                .filter(each -> each.expectedCheck().equals(check))
                .filter(each -> {
                    Decision decision = without.decide(each.request());
                    return !decision.check().equals(check) && !words(decision).equals(words(each.expected()));
                })
                .toList();
    }

    /** The same for the rules that a template's approval is judged by. */
    @TestFactory
    Stream<DynamicTest> everyRuleOfApprovalsIsNeeded() {
        return TestingRules.ofApprovals().stream()
                .map(rule -> dynamicTest(rule, () -> assertThat(cases().stream()
                                .filter(each -> TestingRules.decides(
                                        rule,
                                        each.approvals(),
                                        each.live(),
                                        each.request().terms()))
                                .map(Case::name))
                        .as("examples that change without the rule")
                        .isNotEmpty()));
    }

    /** And for those that a single run's approval is judged by. */
    @TestFactory
    Stream<DynamicTest> everyRuleOfRunApprovalsIsNeeded() {
        return TestingRules.ofRunApprovals().stream()
                .map(rule -> dynamicTest(rule, () -> assertThat(cases().stream()
                                .filter(each -> each.request().runApproval().isPresent())
                                .filter(each -> TestingRules.decides(
                                        rule,
                                        each.request().runApproval().orElseThrow(),
                                        each.request().run(),
                                        each.request().terms()))
                                .map(Case::name))
                        .as("examples that change without the rule")
                        .isNotEmpty()));
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

    static List<Case> cases() {
        return ALL;
    }

    private static List<Case> readAll() {
        try (var files = Files.list(CASES)) {
            return files.sorted().map(RunChecksTest::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case read(Path file) {
        try {
            JsonNode yaml = Serialization.unmarshal(Files.readString(file), JsonNode.class);
            var policy = policy(yaml.path("policy"));
            var template = Optional.ofNullable(yaml.get("template"))
                    .map(each -> Serialization.unmarshal(each.toString(), CodeTemplate.class))
                    .map(each -> TemplateFacts.of(
                            each, policy.images().isEmpty() ? Set.of(ALLOWED_IMAGE) : policy.images()));
            var terms = new Terms(guard(yaml.path("guard")), policy, NOW);
            var approvals = new Approvals(approvals(yaml, template));
            var live = template.map(each ->
                    each.live(LiveTemplate.Origin.valueOf(yaml.path("origin").asText("GUARDED"))));
            var request = new RunRequest(
                    Serialization.unmarshal(execution(yaml).toString(), Execution.class),
                    yaml.path("department").asBoolean(true)
                            ? Optional.of(new Department("finance", "finance", "finance-sandboxes", policy))
                            : Optional.empty(),
                    template,
                    approvals.judge(live, terms),
                    Optional.empty(),
                    terms.guard(),
                    new Usage(
                            window(yaml.path("usage").path("department")),
                            window(yaml.path("usage").path("agent"))),
                    NOW);
            var found = request.needsPerson() ? runApproval(yaml, request) : Optional.<ObservedRunApproval>empty();
            return new Case(file.getFileName().toString(), request.with(found), yaml.get("expect"), approvals, live);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Window window(JsonNode yaml) {
        return yaml.isMissingNode() ? Window.EMPTY : Serialization.unmarshal(yaml.toString(), Window.class);
    }

    private static DepartmentPolicy policy(JsonNode yaml) {
        List<String> images = new ArrayList<>();
        yaml.path("images").forEach(image -> images.add(image.textValue()));
        return DepartmentPolicy.of(
                Autonomy.valueOf(yaml.path("autonomy").asText("Autonomous")),
                yaml.has("limits") ? Serialization.unmarshal(yaml.get("limits").toString(), Limits.class) : null,
                Set.copyOf(images),
                yaml.path("singleAdmin").asBoolean(false),
                yaml.path("externalAuthorship").asBoolean(true),
                yaml.has("quotas")
                        ? Serialization.unmarshal(yaml.get("quotas").toString(), Quotas.class)
                        : Quotas.DEFAULT,
                yaml.path("drain").asBoolean(false));
    }

    // Without a word about it, the guard has stood since before anything else in the file.
    private static GuardState guard(JsonNode yaml) {
        return new GuardState(
                yaml.path("intact").asBoolean(true),
                yaml.path("intact").asBoolean(true) ? List.of() : List.of("countersign-approvals is missing"),
                "sha256:" + "9".repeat(64),
                Instant.parse(yaml.path("since").asText("2026-11-01T00:00:00Z")),
                Mode.ENFORCE);
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
    // Under "gone" are those that are on record while their objects are not there any more.
    private static List<ObservedApproval> approvals(JsonNode yaml, Optional<TemplateFacts> template) {
        String live = template.map(TemplateFacts::digest).orElse("");
        var there = objects(yaml.path("approvals"), live);
        var records = new MemoryLog(Clock.fixed(NOW, ZoneOffset.UTC));
        Stream.concat(there.stream(), objects(yaml.path("gone"), live).stream())
                .filter(each -> isAccepted(yaml, each))
                .forEach(each -> records.append(TestingLog.accepted(each).event()));
        return there.stream()
                .map(approval -> TestingLog.observed(
                        approval,
                        TestingLog.logged(
                                inLog(yaml, approval.getMetadata().getUid()),
                                recorded -> TestingLog.accepted(
                                        recorded.isEmpty() ? approval : edited(approval, recorded))),
                        records.approvals()))
                .toList();
    }

    // One that is revoked had been accepted before that.
    private static boolean isAccepted(JsonNode yaml, TemplateApproval approval) {
        return !inLog(yaml, approval.getMetadata().getUid()).equals("nothing");
    }

    private static List<TemplateApproval> objects(JsonNode yaml, String live) {
        List<TemplateApproval> objects = new ArrayList<>();
        yaml.forEach(each -> objects.add(Serialization.unmarshal(
                each.toString().replace("\"LIVE\"", "\"" + live + "\""), TemplateApproval.class)));
        return objects;
    }

    // "REQUEST" stands for the digest that the request of the same file has.
    private static Optional<ObservedRunApproval> runApproval(JsonNode yaml, RunRequest request) {
        return Optional.ofNullable(yaml.get("runApproval")).map(each -> {
            String digest = request.digests().request();
            var approval = Serialization.unmarshal(
                    each.toString().replace("\"REQUEST\"", "\"" + digest + "\""), ExecutionApproval.class);
            return new ObservedRunApproval(
                    approval,
                    TestingLog.logged(
                            inLog(yaml, approval.getMetadata().getUid()),
                            recorded ->
                                    TestingLog.accepted(recorded.isEmpty() ? approval : edited(approval, recorded))));
        });
    }

    // Under "log", by UID: "accepted" (also where nothing is said), "nothing", "revoked" (after it was accepted), or
    // "accepted with reason: X"
    // for one that was accepted with another grant than its object now holds.
    private static String inLog(JsonNode yaml, String uid) {
        return yaml.path("log").path(uid).asText("accepted");
    }

    private static ExecutionApproval edited(ExecutionApproval approval, String reason) {
        var before = Serialization.clone(approval);
        var spec = before.getSpec();
        before.setSpec(new ExecutionApprovalSpec(
                spec.executionRef(),
                spec.requestDigest(),
                spec.requestedBy(),
                spec.decision(),
                reason,
                spec.approvedBy(),
                spec.validForSeconds()));
        return before;
    }

    private static TemplateApproval edited(TemplateApproval approval, String reason) {
        var before = Serialization.clone(approval);
        var grant = before.getSpec().grant();
        before.setSpec(new TemplateApprovalSpec(
                new Grant(
                        grant.templateRef(),
                        grant.templateDigest(),
                        grant.decision(),
                        reason,
                        grant.validForSeconds(),
                        grant.ceilings(),
                        grant.approvedBy(),
                        grant.authors(),
                        grant.snapshot()),
                null));
        return before;
    }
}
