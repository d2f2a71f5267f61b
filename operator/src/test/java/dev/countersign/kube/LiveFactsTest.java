package dev.countersign.kube;

import static dev.countersign.execution.TestingObjects.approval;
import static dev.countersign.execution.TestingObjects.decision;
import static dev.countersign.execution.TestingObjects.execution;
import static dev.countersign.execution.TestingObjects.list;
import static dev.countersign.execution.TestingObjects.template;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.TestingLog;
import dev.countersign.audit.MemoryLog;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.quota.UsageHistory;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a live look reads, and what it believes. The watches' copies are lists here, as far behind as a test wants. */
@Timeout(30)
@EnableKubernetesMockClient(crud = true)
class LiveFactsTest {
    private static final String EARLY = "2026-11-21T11:10:00Z";
    private static final String LATER = "2026-11-21T11:20:00Z";

    KubernetesClient client;
    KubernetesMockServer server;

    private final CodeTemplate template = template("print(1)");
    private final Map<String, GuardState> guards = new HashMap<>();
    private final List<TemplateApproval> watched = new ArrayList<>();
    private final List<TemplateApproval> all = new ArrayList<>();
    private final Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    private final MemoryLog log = new MemoryLog(clock);
    private volatile Runnable whileListing = () -> {};
    private LiveFacts facts;
    private Execution execution;

    @BeforeEach
    void setUp() {
        facts = new LiveFacts(
                client,
                namespace -> Optional.of(
                        new Department("finance", "finance", "finance-sandboxes", DepartmentPolicy.DEFAULT)),
                Set.of(),
                namespace -> guards.getOrDefault(namespace, GuardState.OFF),
                log.approvals(),
                new UsageHistory(),
                clock);
        facts.follow(new WatchedTemplates() {
            @Override
            public Optional<CodeTemplate> template(Catalog.TemplateKey key) {
                return Optional.of(template);
            }

            @Override
            public List<TemplateApproval> approvals(Catalog.TemplateKey key) {
                return List.copyOf(watched);
            }
        });
        client.resource(template).create();
        // The simple API server knows no selector by a field of the spec.
        server.expect()
                .get()
                .withPath("/apis/countersign.dev/v1alpha1/namespaces/finance/templateapprovals"
                        + "?fieldSelector=spec.grant.templateRef.name%3Dreport")
                .andReply(200, request -> {
                    whileListing.run();
                    return list(all);
                })
                .always();
        execution = client.resource(execution("")).create();
    }

    @Test
    void aLookListsNothing() throws InterruptedException {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        requests();

        // When
        var request = facts.look(execution).orElseThrow();

        // Then
        assertThat(request.approval()).get().returns("a1", each -> each.getMetadata()
                .getName());
        assertThat(requests())
                .containsExactlyInAnyOrder(
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/executions/run-1",
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates/report",
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/templateapprovals/a1");
    }

    /** That the guard cannot be tried in one department must stop its runs, and no others. */
    @Test
    void aRunIsJudgedByTheGuardOfItsOwnNamespace() {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        guards.put("research", GuardState.broken(List.of("could not be tried")));

        // Then
        assertThat(facts.look(execution).orElseThrow().approval()).isPresent();

        // When
        guards.put("finance", GuardState.broken(List.of("could not be tried")));

        // Then
        var judgement = facts.look(execution).orElseThrow().judgement();
        assertThat(judgement.approval()).isEmpty();
        assertThat(judgement.reason()).isEqualTo(Reason.GuardGap);
        assertThat(judgement.message()).contains("could not be tried");
        assertThat(judgement.passing()).as("waits for it").isTrue();
    }

    @Test
    void whatTheWatchesShowIsNotBelieved() {
        // Given: two approvals in the watch, both gone, though the watch has not said so
        watched.add(accepted(approval("a1", template, EARLY)));
        watched.add(accepted(approval("a2", template, LATER)));

        // Then
        assertThat(facts.seen(execution).orElseThrow().approval()).isPresent();
        assertThat(facts.look(execution).orElseThrow().approval()).isEmpty();
    }

    @Test
    void oneThatWasReadDoesNotVouchForAnotherThatWasNot() {
        // Given: the newer one, which the watch still shows, is gone; the older one is denied by now
        watched.add(accepted(approval("a2", template, LATER)));
        watched.add(accepted(approval("a1", template, EARLY)));
        there(decision("a1", template, EARLY, "decision: Denied"));

        // When
        var judgement = facts.look(execution).orElseThrow().judgement();

        // Then
        assertThat(judgement.approval()).isEmpty();
        assertThat(judgement.reason()).isEqualTo(Reason.Denied);
    }

    @Test
    void oneThatNamesAnotherTemplateByNowIsNone() {
        // Given
        watched.add(accepted(approval("a1", template, EARLY)));
        var other = accepted(approval("a1", template, EARLY));
        var spec = Serialization.asJson(other).replace("\"name\":\"report\"", "\"name\":\"other\"");
        client.resource(Serialization.unmarshal(spec, TemplateApproval.class)).create();

        // Then
        assertThat(facts.look(execution).orElseThrow().approval()).isEmpty();
    }

    @Test
    void oneThatTheWatchHasNotShownIsFoundByTheListOnly() {
        // Given
        there(approval("a1", template, EARLY));

        // Then
        assertThat(facts.look(execution).orElseThrow().approval()).isEmpty();
        assertThat(facts.read(execution).orElseThrow().approval()).isPresent();
    }

    @Test
    void aRequestIsJudgedAnewByAllThereAre() {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        var allowed = facts.look(execution).orElseThrow();
        there(decision("d1", template, LATER, "decision: Denied"));

        // When
        var relisted = facts.relisted(new Catalog.TemplateKey("finance", "report"), List.of(allowed));

        // Then
        assertThat(relisted).singleElement().returns(true, each -> each.approval()
                .isEmpty());
    }

    @Test
    void nobodyIsRefusedForADecisionThatWasMadeAfterTheLook() {
        // Given: a list that does not show the approval that came on record meanwhile
        seenAndThere(approval("a1", template, EARLY));
        var allowed = facts.look(execution).orElseThrow();
        var key = new Catalog.TemplateKey("finance", "report");
        var later = approval("a2", template, "2036-11-21T11:20:00Z");
        whileListing = () -> accepted(later);

        // When
        var read = facts.read(execution).orElseThrow();
        whileListing = () -> {};

        // Then: the next look shows it, or shows that it is gone
        assertThat(read.approval()).isPresent();
        assertThat(facts.read(execution).orElseThrow().judgement().reason()).isEqualTo(Reason.ApprovalSuperseded);
        assertThat(facts.relisted(key, List.of(allowed)))
                .singleElement()
                .returns(Reason.ApprovalSuperseded, each -> each.judgement().reason());
    }

    @Test
    void anotherExecutionOfTheNameIsNotTheOneThatWasSeen() {
        // Given
        var before = execution("");
        before.getMetadata().setUid("of-its-predecessor");

        // Then
        assertThat(facts.look(before)).isEmpty();
    }

    @Test
    void aTemplateIsDigestedOnceForEachOfItsVersions() {
        var known = new KnownTemplates();
        var first = template("print(1)");
        first.getMetadata().setResourceVersion("1");
        var again = template("print(1)");
        again.getMetadata().setResourceVersion("1");
        var changed = template("print(2)");
        changed.getMetadata().setResourceVersion("2");

        assertThat(known.of(again, Set.of()))
                .isSameAs(known.of(first, Set.of()))
                .isSameAs(known.of(again, Set.of()));
        assertThat(known.of(changed, Set.of()).digest())
                .isNotEqualTo(known.of(first, Set.of()).digest());
        assertThat(known.of(first, Set.of("image"))).isNotSameAs(known.of(first, Set.of()));
    }

    private TemplateApproval accepted(TemplateApproval approval) {
        log.append(TestingLog.accepted(approval).event());
        return approval;
    }

    // The API server gives the UID and the time, so it is accepted as it is there.
    private TemplateApproval there(TemplateApproval approval) {
        var there = accepted(client.resource(approval).create());
        all.add(there);
        return there;
    }

    private void seenAndThere(TemplateApproval approval) {
        watched.add(there(approval));
    }

    // All since they were last asked for.
    private List<String> requests() throws InterruptedException {
        List<String> all = new ArrayList<>();
        for (var each = server.takeRequest(50, TimeUnit.MILLISECONDS);
                each != null;
                each = server.takeRequest(50, TimeUnit.MILLISECONDS)) {
            all.add(each.getMethod() + " " + each.getPath());
        }
        return all;
    }
}
