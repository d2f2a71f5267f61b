package dev.countersign.execution;

import static dev.countersign.execution.TestingObjects.approval;
import static dev.countersign.execution.TestingObjects.decision;
import static dev.countersign.execution.TestingObjects.execution;
import static dev.countersign.execution.TestingObjects.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.TestingLog;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionDenied;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.audit.MemoryLog;
import dev.countersign.guard.GuardState;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.MasterKeys;
import dev.countersign.kube.StatusWriter;
import dev.countersign.kube.WatchedTemplates;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.policy.RunChecks;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Bounds;
import dev.countersign.quota.Places;
import dev.countersign.quota.UsageHistory;
import dev.countersign.sandbox.PodEnds;
import dev.countersign.sandbox.PodWatch;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.TestingSandboxes;
import dev.countersign.sandbox.pod.LimitClasses;
import dev.countersign.sandbox.wire.MasterKey;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From an Execution to its hand-over, against a simple API server; what comes after the authorization is a test's own.
 */
@Timeout(30)
@EnableKubernetesMockClient(crud = true)
class AttemptTest {
    private static final String EARLY = "2026-11-21T11:10:00Z";
    private static final String LATER = "2026-11-21T11:20:00Z";
    private static final String OURS = ", finalizers: [" + Execution.FINALIZER + "]";

    KubernetesClient client;
    KubernetesMockServer server;

    private final Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    private final CodeTemplate template = template("print(1)");
    private final List<TemplateApproval> watched = new ArrayList<>();
    private final List<TemplateApproval> all = new ArrayList<>();
    private volatile CodeTemplate watchedTemplate = template;
    private final MemoryLog memory = new MemoryLog(clock);
    private final TestingLogOfRuns log = new TestingLogOfRuns(memory);
    private final EndRequest endRequest = new EndRequest();
    private final Places places = new Places(1, department -> Bounds.NONE);
    private final List<RunRequest> queued = new ArrayList<>();
    private final List<SandboxStart> starts = new ArrayList<>();
    private final AtomicInteger handedOver = new AtomicInteger();
    private Attempt.Continuation handOver = (sandbox, job, key, authorization, request) -> {
        handedOver.incrementAndGet();
        starts.add(authorization.start());
        return Run.Next.STOP;
    };
    private PodWatch pods;
    private final TestingSandboxes sandboxes = new TestingSandboxes(clock::instant, Duration.ofMinutes(1));
    private TestingSupply supply;
    private RunEnvironment env;

    @BeforeEach
    void setUp() {
        pods = new PodWatch(client);
        pods.watch(Set.of("finance-sandboxes"));
        var ends = new PodEnds(client, pods);
        var usage = new UsageHistory();
        var facts = new LiveFacts(
                client,
                namespace -> Optional.of(TestingFacts.FINANCE),
                Set.of(),
                namespace -> GuardState.OFF,
                log.approvals(),
                usage,
                clock);
        facts.follow(new Watched());
        supply = new TestingSupply(sandboxes);
        var checks = RunChecks.chain();
        env = new RunEnvironment(
                facts,
                checks,
                new Shapes(
                        Map.of(Language.Python, "python:1", Language.Bash, "bash:1"),
                        new LimitClasses(List.of(128L << 20, 256L << 20), List.of(64L << 20)),
                        "gvisor"),
                supply,
                new SandboxPods(client, pods, ends),
                new MasterKeys("k", Map.of("k", new MasterKey("k", new byte[32]))),
                log,
                places,
                new Semaphore(1),
                usage,
                new ApprovalsInUse(),
                new Confirmations(facts, checks),
                new Executions(client),
                new StatusWriter(client),
                new OperatorMetrics("test"),
                clock);
        client.resource(template).create();
        // The simple one knows no selector by a field of the spec.
        server.expect()
                .get()
                .withPath("/apis/countersign.dev/v1alpha1/namespaces/finance/templateapprovals"
                        + "?fieldSelector=spec.grant.templateRef.name%3Dreport")
                .andReply(200, request -> TestingObjects.list(all))
                .always();
    }

    @AfterEach
    void tearDown() {
        pods.close();
    }

    @Test
    void aSandboxThatWaitsIsAuthorizedAtOnceAndNothingIsListedOrWritten() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        var execution = created(OURS);
        requests();

        // When
        var next = attempt(execution);

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(handedOver).hasValue(1);
        assertThat(authorized().pod().name()).endsWith("-1");
        assertThat(starts).containsExactly(SandboxStart.Warm);
        assertThat(supply.givenBack).isEmpty();
        assertThat(supply.started).isEmpty();
        assertThat(requests())
                .containsExactlyInAnyOrder(
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/executions/run-1",
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates/report",
                        "GET /apis/countersign.dev/v1alpha1/namespaces/finance/templateapprovals/a1");
        assertThat(sandboxes.alive()).isEmpty();
    }

    @Test
    void whatWasRevokedUnseenIsRefusedAndTheSandboxWaitsOn() throws Exception {
        // Given
        watched.add(accepted(approval("a1", template, EARLY)));
        supply.put(key());

        // When
        var next = attempt(created(OURS));

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(log.events).singleElement().isInstanceOf(ExecutionDenied.class);
        assertThat(supply.givenBack).hasSize(1);
    }

    @Test
    void aSandboxThatDoesNotFitWaitsOnAndAnotherIsStarted() throws Exception {
        // Given: the template needs twice the memory by now, and is approved so; the watch has shown the approval only
        var larger = template("print(1)\", limits: {memory: 256Mi}, description: \"");
        watched.add(accepted(approval("a1", template, EARLY)));
        seenAndThere(approval("a2", larger, LATER));
        client.resource(larger).update();
        supply.put(key());

        // When
        var next = attempt(created(OURS));

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(supply.givenBack).hasSize(1);
        assertThat(supply.started).hasSize(1);
        assertThat(authorized().limits().memoryBytes()).isEqualTo(256L << 20);
        assertThat(authorized().pod().name())
                .isEqualTo(supply.started.getFirst().facts().name());
    }

    @Test
    void aSandboxThatAnAuthorizationMayNameNeverWaitsAgain() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        log.refusal = new AuditUnavailableException("the disk is slow, it may have been written", new IOException());

        // When
        var next = attempt(created(OURS));

        // Then
        assertThat(next).isEqualTo(Run.Next.WITHOUT_AUDIT);
        assertThat(authorized()).isNotNull();
        assertThat(supply.givenBack).isEmpty();
        await().until(() ->
                client.pods().inNamespace("finance-sandboxes").list().getItems().isEmpty());
    }

    @Test
    void norDoesOneThatTookNoJob() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        handOver = (sandbox, job, key, authorization, request) -> Run.Next.TRY_AGAIN;

        // When
        attempt(created(OURS));

        // Then
        assertThat(supply.givenBack).isEmpty();
    }

    @Test
    void nobodyIsRefusedBecauseAWatchIsBehind() throws Exception {
        // Given
        there(approval("a1", template, EARLY));

        // When
        var next = attempt(created(OURS));

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(authorized().approvalRef().name()).isEqualTo("a1");
        assertThat(starts).containsExactly(SandboxStart.PoolEmpty);
        assertThat(supply.claims).hasSize(1);
    }

    @Test
    void aDenialThatOnlyTheListShowsKeepsOneThatHadToWaitForItsSandbox() throws Exception {
        // Given: nothing waits, so there is time for the list
        seenAndThere(approval("a1", template, EARLY));
        there(decision("d1", template, LATER, "decision: Denied"));

        // When
        attempt(created(OURS));

        // Then
        assertThat(handedOver).hasValue(0);
        assertThat(log.events)
                .singleElement()
                .asInstanceOf(InstanceOfAssertFactories.type(ExecutionDenied.class))
                .returns(Reason.Denied, ExecutionDenied::reasonCode);
    }

    @Test
    void nothingIsRecordedOfAnExecutionThatIsNotOursYet() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        var execution = created("");
        var oursAtRecord = new ArrayList<Boolean>();
        log.beforeAppend = () -> oursAtRecord.add(live(execution).hasFinalizer(Execution.FINALIZER));

        // When
        var next = attempt(execution);

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(handedOver).hasValue(1);
        assertThat(oursAtRecord).containsExactly(true);
    }

    @Test
    void anExecutionThatGoesBeforeItIsOursLeavesNoTrace() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        var execution = created("");
        client.resource(execution).delete();

        // When
        var next = attempt(execution);

        // Then
        assertThat(next).isEqualTo(Run.Next.STOP);
        assertThat(log.events).isEmpty();
        assertThat(supply.givenBack).hasSize(1);
    }

    @Test
    void aCancellationThatOnlyTheLookShowsCounts() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        var execution = created(OURS);
        client.resource(execution)
                .edit(each -> Serialization.unmarshal(
                        Serialization.asJson(each).replace("\"requestedBy\"", "\"cancel\":true,\"requestedBy\""),
                        Execution.class));

        // When
        attempt(execution);

        // Then
        assertThat(handedOver).hasValue(0);
        assertThat(log.events)
                .singleElement()
                .asInstanceOf(InstanceOfAssertFactories.type(ExecutionDenied.class))
                .returns(Reason.Cancelled, ExecutionDenied::reasonCode);
        assertThat(supply.givenBack).hasSize(1);
    }

    @Test
    void whoHasNoPlaceTakesNoSandbox() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());
        var execution = created(OURS);
        places.occupy(
                "another", TestingFacts.request(execution, template, List.of()).claimant());

        // When
        var next = attempt(execution);

        // Then
        assertThat(next).isEqualTo(Run.Next.QUEUED);
        assertThat(queued).hasSize(1);
        assertThat(supply.claims).isEmpty();
    }

    @Test
    void afterOneThatTookNoJobAnotherIsStarted() throws Exception {
        // Given
        seenAndThere(approval("a1", template, EARLY));
        supply.put(key());

        // When
        attempt(created(OURS), 2);

        // Then
        assertThat(supply.claims).isEmpty();
        assertThat(supply.started).hasSize(1);
        assertThat(handedOver).hasValue(1);
    }

    private Run.Next attempt(Execution execution) throws InterruptedException {
        return attempt(execution, 1);
    }

    private Run.Next attempt(Execution execution, int tries) throws InterruptedException {
        var publication = new Publication(env, execution);
        try (var turn = Turn.none(places, execution.getMetadata().getUid(), endRequest)) {
            return new Attempt(
                            env,
                            execution,
                            endRequest,
                            turn,
                            Ownership.of(env.executions(), execution),
                            new Obstacles(env, publication, endRequest),
                            handOver,
                            1)
                    .make(tries, queued::add);
        }
    }

    private ExecutionAuthorized authorized() {
        return log.events.stream()
                .filter(ExecutionAuthorized.class::isInstance)
                .map(ExecutionAuthorized.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private SandboxSupply.Key key() throws Exception {
        return new SandboxSupply.Key(
                env.shapes()
                        .of(TestingFacts.request(
                                execution(OURS), template, List.of(accepted(approval("a1", template, EARLY))))),
                "finance",
                "finance-sandboxes");
    }

    private Execution created(String meta) {
        return client.resource(execution(meta)).create();
    }

    private Execution live(Execution execution) {
        return client.resource(execution).get();
    }

    private TemplateApproval accepted(TemplateApproval approval) {
        memory.append(TestingLog.accepted(approval).event());
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

    private List<String> requests() throws InterruptedException {
        List<String> all = new ArrayList<>();
        for (var each = server.takeRequest(100, TimeUnit.MILLISECONDS);
                each != null;
                each = server.takeRequest(100, TimeUnit.MILLISECONDS)) {
            all.add(each.getMethod() + " " + each.getPath());
        }
        return all;
    }

    private final class Watched implements WatchedTemplates {
        @Override
        public Optional<CodeTemplate> template(Catalog.TemplateKey key) {
            return Optional.of(watchedTemplate);
        }

        @Override
        public List<TemplateApproval> approvals(Catalog.TemplateKey key) {
            return List.copyOf(watched);
        }
    }
}
