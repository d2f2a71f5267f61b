package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Subject;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.api.execution.PinnedTemplateReference;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Terms;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.RunId;
import dev.countersign.quota.Usage;
import dev.countersign.quota.UsageHistory;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fifty runs authorized at the same time: all of them passed the check, which saw nothing used yet. */
@Timeout(20)
class QuotaRaceTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Claimant AGENT = new Claimant("finance", "agent");
    private static final int AT_ONCE = 50;
    private static final long CPU_LIMIT = 5000;

    private final UsageHistory usage = new UsageHistory();

    @Test
    void runsPerHourHold() throws InterruptedException {
        assertThat(admitted(new Quotas(0, 0, 10, 0, 0, 0))).isEqualTo(10);
    }

    @Test
    void runsPerHourOfAnAgentHold() throws InterruptedException {
        assertThat(admitted(new Quotas(0, 0, 0, 7, 0, 0))).isEqualTo(7);
    }

    @Test
    void cpuTimeIsExceededByWhatOneRunMayUseAtMost() throws InterruptedException {
        assertThat(admitted(new Quotas(0, 0, 0, 0, 21, 0))).isEqualTo(5);
        assertThat(usage.usage(AGENT, NOW).department().cpuMillis()).isLessThan(21_000 + CPU_LIMIT);
    }

    @Test
    void cpuTimeOfAnAgentIsExceededByWhatOneRunMayUseAtMost() throws InterruptedException {
        assertThat(admitted(new Quotas(0, 0, 0, 0, 0, 21))).isEqualTo(5);
        assertThat(usage.usage(AGENT, NOW).agent().cpuMillis()).isLessThan(21_000 + CPU_LIMIT);
    }

    @Test
    void withoutAQuotaAllOfThemRun() throws InterruptedException {
        assertThat(admitted(Quotas.DEFAULT)).isEqualTo(AT_ONCE);
    }

    private int admitted(Quotas quotas) throws InterruptedException {
        var request = request(quotas);
        assertThat(new QuotaAllows().check(request)).isEqualTo(Verdict.ALLOW);
        var start = new CountDownLatch(1);
        var admitted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            var run = new RunId("run-" + i, 1);
            threads.add(Thread.ofPlatform().start(() -> {
                await(start);
                if (usage.reserve(run, AGENT, CPU_LIMIT, NOW, used -> QuotaAllows.objection(request, used))
                        .isEmpty()) {
                    admitted.incrementAndGet();
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return admitted.get();
    }

    private static void await(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RunRequest request(Quotas quotas) {
        var standard = DepartmentPolicy.DEFAULT;
        var policy = DepartmentPolicy.of(standard.autonomy(), null, standard.images(), false, true, quotas, false);
        var execution = new Execution();
        execution.setMetadata(new ObjectMetaBuilder().withNamespace("finance").build());
        execution.setSpec(new ExecutionSpec(
                new PinnedTemplateReference("report", null),
                null,
                null,
                List.of(),
                null,
                null,
                new Subject("agent", null),
                null,
                null,
                null,
                null));
        var terms =
                new Terms(new GuardState(true, List.of(), "sha256:" + "9".repeat(64), NOW, Mode.ENFORCE), policy, NOW);
        return new RunRequest(
                execution,
                Optional.of(new Department("finance", "finance", "finance-sandboxes", policy)),
                Optional.empty(),
                new Approvals(List.of()).judge(Optional.empty(), terms),
                Optional.empty(),
                terms.guard(),
                Usage.NONE,
                NOW);
    }
}
