package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Autonomy;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.config.Quotas;
import dev.countersign.guard.check.Rule;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The guard against a real API server with the chart's policies: it stands, falls with each way of weakening them, and
 * stands again once they are restored, but only for what is created from then on.
 */
@Timeout(120)
class GuardWatchIT {

    private static final Duration NOTICED = Duration.ofSeconds(2);
    private static final Duration RESTORED = Duration.ofSeconds(20);
    private static final String POLICY = "ValidatingAdmissionPolicy";
    private static final String BINDING = "ValidatingAdmissionPolicyBinding";
    private static final String APPROVALS = "countersign-approvals";
    private static final String EXECUTIONS = "countersign-executions";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static GuardedCluster cluster;

    private final TestingGuardJournal journal = new TestingGuardJournal();
    private final List<Rule> failures = new CopyOnWriteArrayList<>();
    private final AtomicReference<Departments> departments = new AtomicReference<>();
    private GuardWatch guard;

    /**
     * @param told in the problem
     * @param edit of the spec
     */
    private record Weakening(String name, String kind, String object, String told, Consumer<ObjectNode> edit) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void installPolicies() throws IOException {
        cluster = new GuardedCluster();
    }

    @AfterAll
    static void leave() {
        cluster.close();
    }

    @BeforeEach
    void watch() throws InterruptedException {
        departments.set(cluster.departments());
        guard = open();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private GuardState state() {
        return guard.state(cluster.department());
    }

    private GuardWatch open() throws InterruptedException {
        GuardWatch opened = start();
        await("the guard stands").atMost(RESTORED).untilAsserted(() -> assertThat(
                        opened.state(cluster.department()).problems())
                .isEmpty());
        assertThat(opened.state(cluster.department()).intact()).isTrue();
        return opened;
    }

    private GuardWatch start() throws InterruptedException {
        return GuardWatch.open(
                new GuardWatch.Terms(
                        cluster.client(),
                        GuardedCluster.OPERATOR_NAMESPACE,
                        departments::get,
                        journal,
                        failures::add,
                        Clock.systemUTC()),
                PackedPolicies.in(GuardedCluster.OPERATOR_NAMESPACE));
    }

    private static Stream<Weakening> weakenings() {
        return Stream.of(
                new Weakening("audit only", BINDING, APPROVALS, "spec.validationActions", spec -> {
                    spec.putArray("validationActions").add("Audit");
                }),
                new Weakening("narrowed to some namespaces", BINDING, APPROVALS, "spec.matchResources", spec -> {
                    spec.withObject("/matchResources/namespaceSelector/matchLabels")
                            .put("guarded", "yes");
                }),
                new Weakening(
                        "each namespace has a single admin",
                        POLICY,
                        APPROVALS,
                        "spec.variables[0].expression",
                        spec -> ((ObjectNode) spec.at("/variables/0")).put("expression", "[request.namespace]")),
                new Weakening("failure ignored", POLICY, APPROVALS, "spec.failurePolicy", spec -> {
                    spec.put("failurePolicy", "Ignore");
                }),
                new Weakening(
                        "a rule that is always true", POLICY, APPROVALS, "spec.validations[0].expression", spec -> {
                            ((ObjectNode) spec.at("/validations/0")).put("expression", "true");
                        }),
                new Weakening("somebody exempt", POLICY, EXECUTIONS, "spec.matchConditions", spec -> {
                    spec.putArray("matchConditions")
                            .addObject()
                            .put("name", "not-me")
                            .put("expression", "request.userInfo.username != 'mallory'");
                }),
                new Weakening("deletion not looked at", POLICY, APPROVALS, "resourceRules[0].operations", spec -> {
                    ((ObjectNode) spec.at("/matchConstraints/resourceRules/0"))
                            .putArray("operations")
                            .add("CREATE")
                            .add("UPDATE");
                }));
    }

    @ParameterizedTest
    @MethodSource("weakenings")
    void eachWeakeningIsSeenAndWhatWasCreatedBeforeItIsNotTrusted(Weakening weakening) {
        Instant before = Instant.now();
        JsonNode spec = spec(weakening.kind(), weakening.object());

        ObjectNode weak = spec.deepCopy();
        weakening.edit().accept(weak);
        replaceSpec(weakening.kind(), weakening.object(), weak);

        await("broken").atMost(NOTICED).until(() -> !state().intact());
        assertThat(state().problems())
                .singleElement()
                .asString()
                .startsWith(weakening.kind() + " " + weakening.object() + " was altered")
                .contains(weakening.told());

        Instant restored = Instant.now();
        replaceSpec(weakening.kind(), weakening.object(), spec);
        await("intact").atMost(RESTORED).until(() -> state().intact());
        assertThat(state().since()).isAfter(restored);
        assertThat(state().covers(before)).isFalse();
        assertThat(state().covers(Instant.now().plusSeconds(6))).isTrue();
        assertThat(journal.words()).endsWith("failed", "restored");
    }

    @Test
    void aBindingThatWasAwayIsTrustedFromItsNewCreationOn() {
        GenericKubernetesResource binding = cluster.policy(BINDING, EXECUTIONS).require();

        cluster.policy(BINDING, EXECUTIONS).delete();

        await("broken").atMost(NOTICED).until(() -> !state().intact());
        assertThat(state().problems())
                .singleElement()
                .asString()
                .startsWith(BINDING + " " + EXECUTIONS + " is missing");

        binding.getMetadata().setUid(null);
        binding.getMetadata().setResourceVersion(null);
        Instant restored = Instant.now();
        cluster.client().resource(binding).create();
        await("intact").atMost(RESTORED).until(() -> state().intact());
        assertThat(state().since()).isAfter(restored);
    }

    @Test
    void whatWasWeakenedAndRestoredWhileNobodyLookedIsSeenAfterwards() throws InterruptedException {
        Instant before = Instant.now();
        guard.close();
        JsonNode spec = spec(BINDING, APPROVALS);
        ObjectNode weak = spec.deepCopy();
        weak.putArray("validationActions").add("Audit");
        replaceSpec(BINDING, APPROVALS, weak);
        replaceSpec(BINDING, APPROVALS, spec);

        guard = open();

        assertThat(state().covers(before)).isFalse();
    }

    @Test
    void whatNobodyTouchedWhileNobodyLookedIsTrustedThroughout() throws InterruptedException {
        Instant since = state().since();
        guard.close();

        guard = open();

        assertThat(state().since()).isEqualTo(since);
        assertThat(journal.words()).hasSize(1).containsOnly("observed");
    }

    @Test
    void aListThatSaysOtherThanTheDepartmentBreaksItButNoTrust() {
        Instant since = state().since();

        cluster.list("singleAdminNamespaces", true);

        await("broken").atMost(NOTICED).until(() -> !state().intact());
        assertThat(state().problems())
                .singleElement()
                .asString()
                .contains(
                        "singleAdminNamespaces is ['" + cluster.department() + "']",
                        "by the departments' policies it is []");

        cluster.list("singleAdminNamespaces", false);
        await("intact").atMost(RESTORED).until(() -> state().intact());
        assertThat(state().since()).isEqualTo(since);
    }

    /** Some rules are waived by one policy, and others are there under another one alone. */
    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void aDepartmentIsTriedByTheRulesThatItsPolicyLeaves(boolean singleAdmin, boolean externalAuthorship) {
        cluster.list("singleAdminNamespaces", singleAdmin);
        cluster.list("knownAuthorsNamespaces", !externalAuthorship);
        departments.set(cluster.departments(DepartmentPolicy.of(
                Autonomy.Autonomous, null, Set.of(), singleAdmin, externalAuthorship, Quotas.DEFAULT, false)));
        guard.look();

        await("judged anew").during(Duration.ofSeconds(2)).atMost(RESTORED).until(() -> state().intact());

        departments.set(cluster.departments());
        cluster.list("singleAdminNamespaces", false);
        cluster.list("knownAuthorsNamespaces", false);
        await("judged anew").during(Duration.ofSeconds(2)).atMost(RESTORED).until(() -> state().intact());
    }

    /** Else one of its admins could stop all departments, and a restart would make a gap of it for all. */
    @Test
    void aRoleBindingTakenAwayInOneDepartmentBreaksThatOneAlone() throws InterruptedException {
        Instant since = state().since();
        String other = cluster.otherDepartment();
        var taken = cluster.takeProbesRights();
        try {
            departments.set(cluster.bothDepartments());
            guard.look();

            await("broken there").atMost(RESTORED).until(() -> !state().intact());
            await("tried elsewhere").atMost(RESTORED).until(() -> guard.state(other)
                    .intact());
            assertThat(state().intact()).isFalse();
            assertThat(state().problems())
                    .isNotEmpty()
                    .allMatch(each ->
                            each.contains("in department " + cluster.department() + " could not be tried: a forged"));
            assertThat(guard.confirmed(cluster.department()).intact()).isFalse();
            assertThat(guard.confirmed(other).covers(Instant.now().plusSeconds(6)))
                    .isTrue();

            guard.close();
            guard = start();
            await("tried elsewhere after a restart").atMost(RESTORED).until(() -> guard.state(other)
                    .intact());
            assertThat(state().intact()).isFalse();
            assertThat(guard.state(other).since()).isEqualTo(since);
        } finally {
            cluster.giveBack(taken);
        }

        await("tried again").atMost(Duration.ofSeconds(40)).until(() -> state().intact());
        assertThat(state().since()).as("the policies stood meanwhile").isEqualTo(since);
        assertThat(journal.words()).as("nothing to write down").containsExactly("observed");
    }

    /** Nothing about the chart's policies shows it: the probe finds it. */
    @Test
    void aRuleThatDoesNotHoldIsFoundByItsForgery() {
        List<GenericKubernetesResource> lie = cluster.writeApproversIn();
        try {
            // The API server takes a moment to hear of the lie.
            await("broken").atMost(RESTORED).pollInterval(Duration.ofSeconds(1)).until(() -> {
                boolean broken = state().problems().stream().anyMatch(each -> each.contains("does not hold"));
                if (!broken) {
                    tryAnew();
                }
                return broken;
            });
            assertThat(state().problems())
                    .singleElement()
                    .asString()
                    .startsWith("rule [approver-is-caller] in department " + cluster.department() + " does not hold")
                    .contains("[approve-authority]");
            assertThat(failures).contains(Rule.APPROVER_IS_CALLER);
        } finally {
            lie.forEach(each -> cluster.client().resource(each).delete());
        }
        Instant restored = Instant.now();
        await("intact").atMost(Duration.ofSeconds(40)).until(() -> state().intact());
        assertThat(state().since()).isAfter(restored);
    }

    /** By a change of the departments, after which forgeries are sent at once. */
    private void tryAnew() {
        boolean first = departments.get().equals(cluster.departments());
        departments.set(cluster.departments(DepartmentPolicy.of(
                first ? Autonomy.Supervised : Autonomy.Autonomous,
                null,
                Set.of(),
                false,
                true,
                Quotas.DEFAULT,
                false)));
        guard.look();
    }

    /** Whoever binds roles in a department can do that: it must harm that department alone, and no trust. */
    @ParameterizedTest
    @ValueSource(strings = {"approve", "revoke"})
    void anAuthorityGivenToTheProbeStopsThatDepartmentAlone(String verb) {
        Instant since = state().since();
        cluster.letProbe(cluster.department(), "countersign.dev", List.of("codetemplates"), verb);
        try {
            departments.set(cluster.bothDepartments());
            guard.look();

            await("broken there").atMost(RESTORED).until(() -> !state().intact());
            await("tried elsewhere").atMost(RESTORED).until(() -> guard.state(cluster.otherDepartment())
                    .intact());
            assertThat(state().problems())
                    .singleElement()
                    .asString()
                    .startsWith("rule [" + verb + "-authority] in department " + cluster.department()
                            + " could not be tried: the probe's service account holds the verb " + verb);
        } finally {
            cluster.client()
                    .rbac()
                    .roleBindings()
                    .inNamespace(cluster.department())
                    .withName("countersign-probe-" + verb)
                    .delete();
        }
        await("intact").atMost(Duration.ofSeconds(40)).until(() -> state().intact());
        assertThat(state().since()).isEqualTo(since);
    }

    @Test
    void aFillingPolicyThatIsAlteredBreaksTrustAlsoOnceItIsAsItWas() {
        var filling = cluster.policy("MutatingAdmissionPolicyBinding", "countersign-identity-executions");
        org.junit.jupiter.api.Assumptions.assumeTrue(filling.get() != null, "this cluster has no filling policies");
        Instant altered = Instant.now();
        var merge = PatchContext.of(PatchType.JSON_MERGE);
        filling.patch(merge, "{\"spec\": {\"matchResources\": {\"matchPolicy\": \"Exact\"}}}");
        try {
            guard.look();
            await("noticed").atMost(NOTICED).until(() -> !state().intact());
            assertThat(state().problems())
                    .anyMatch(each -> each.startsWith(
                            "MutatingAdmissionPolicyBinding countersign-identity-executions was altered"));
        } finally {
            filling.patch(merge, "{\"spec\": {\"matchResources\": null}}");
        }
        guard.look();
        await("intact").atMost(Duration.ofSeconds(40)).until(() -> state().intact());
        assertThat(state().since()).isAfter(altered);
    }

    @Test
    void aFillingPolicyThatIsMissingIsToldAndBreaksNothing() {
        GenericKubernetesResource filling = cluster.policy(
                        "MutatingAdmissionPolicyBinding", "countersign-identity-executions")
                .get();
        org.junit.jupiter.api.Assumptions.assumeTrue(filling != null, "this cluster has no filling policies");
        cluster.policy("MutatingAdmissionPolicyBinding", "countersign-identity-executions")
                .delete();
        try {
            guard.look();

            await("told").atMost(NOTICED).until(() -> !state().problems().isEmpty());
            assertThat(state().intact()).isTrue();
            assertThat(state().problems())
                    .singleElement()
                    .asString()
                    .startsWith("MutatingAdmissionPolicyBinding countersign-identity-executions is missing");
        } finally {
            filling.getMetadata().setUid(null);
            filling.getMetadata().setResourceVersion(null);
            cluster.client().resource(filling).create();
        }
    }

    @Test
    void listenersHearOfEachChange() {
        AtomicInteger heard = new AtomicInteger();
        guard.onChange(() -> {
            throw new IllegalStateException("a listener that breaks harms nobody");
        });
        guard.onChange(heard::incrementAndGet);

        cluster.list("knownAuthorsNamespaces", true);

        await("broken").atMost(NOTICED).until(() -> heard.get() > 0 && !state().intact());
        int before = heard.get();
        cluster.list("knownAuthorsNamespaces", false);
        await("intact").atMost(RESTORED).until(() -> state().intact() && heard.get() > before);
    }

    private static JsonNode spec(String kind, String name) {
        return JSON.valueToTree(
                cluster.policy(kind, name).require().getAdditionalProperties().get("spec"));
    }

    private static void replaceSpec(String kind, String name, JsonNode spec) {
        cluster.policy(kind, name).edit(object -> {
            object.setAdditionalProperty("spec", JSON.convertValue(spec, Object.class));
            return object;
        });
    }
}
