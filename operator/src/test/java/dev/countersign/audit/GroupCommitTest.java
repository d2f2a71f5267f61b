package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.decided;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.finished;
import static dev.countersign.audit.TestingEvents.revoked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Decision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class GroupCommitTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private FileAuditLog open(TestingChannel.Faults faults, int queueRecords, AuditObserver observer) {
        LogSettings settings =
                new LogSettings(64 << 20, 256, queueRecords, Duration.ofMillis(50), TestingChannel.opener(faults));
        return FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, observer, settings);
    }

    /** Counts syncs, and holds them up while a test wants that. */
    private static final class Gate implements TestingChannel.Faults {
        private final AtomicInteger writes = new AtomicInteger();
        private final AtomicInteger syncs = new AtomicInteger();
        private final Semaphore open = new Semaphore(1_000_000);

        void shut() {
            open.drainPermits();
        }

        void unlock() {
            open.release(1_000_000);
        }

        @Override
        public int takes(int bytes) {
            writes.incrementAndGet();
            return bytes;
        }

        @Override
        public void beforeForce() throws IOException {
            try {
                open.acquire();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void afterForce() {
            syncs.incrementAndGet();
        }
    }

    @Test
    void nobodyIsToldBeforeTheSyncIsOver() throws Exception {
        Gate gate = new Gate();
        try (FileAuditLog log = open(gate, 4096, AuditObserver.NONE)) {
            gate.shut();
            int writes = gate.writes.get();
            CompletableFuture<AuditReceipt> receipt = log.append(authorized("u1", 1, "p1"));
            while (gate.writes.get() == writes) {
                Thread.onSpinWait();
            }
            Thread.sleep(200);

            assertThat(receipt).isNotDone();
            assertThat(log.openAuthorizations()).isEmpty();

            gate.unlock();
            assertThat(receipt).succeedsWithin(SOON);
            assertThat(log.openAuthorizations()).hasSize(1);
        }
    }

    @Test
    void whatGathersDuringASyncIsWrittenTogether() {
        Gate gate = new Gate();
        Queue<Integer> batches = new ConcurrentLinkedQueue<>();
        AuditObserver observer = new AuditObserver() {
            @Override
            public void appended(Duration latency) {}

            @Override
            public void failed() {}

            @Override
            public void committed(int records, Duration sync) {
                batches.add(records);
            }
        };
        try (FileAuditLog log = open(gate, 4096, observer)) {
            gate.shut();
            int syncs = gate.syncs.get();
            List<CompletableFuture<AuditReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                receipts.add(log.append(denied("u" + i)));
            }
            gate.unlock();
            CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new)).join();

            assertThat(gate.syncs.get() - syncs).isLessThanOrEqualTo(3);
            assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        }
    }

    @Test
    void manyAtOnceGetReceiptsOfTheirOwnInTheOrderOfTheirCalls() throws Exception {
        int threads = 16;
        int each = 200;
        List<List<AuditReceipt>> receipts = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(threads);
        try (FileAuditLog log = open(new Gate(), 100_000, AuditObserver.NONE)) {
            for (int t = 0; t < threads; t++) {
                List<AuditReceipt> mine = new ArrayList<>();
                receipts.add(mine);
                String prefix = "t" + t + "-";
                Thread.startVirtualThread(() -> {
                    List<CompletableFuture<AuditReceipt>> pending = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        pending.add(log.append(denied(prefix + i)));
                    }
                    pending.forEach(receipt -> mine.add(receipt.join()));
                    done.countDown();
                });
            }
            assertThat(done.await(40, TimeUnit.SECONDS)).isTrue();
        }

        StoredLog stored = new StoredLog(directory);
        stored.requireLinked();
        var records = stored.records();
        for (int t = 0; t < threads; t++) {
            assertThat(receipts.get(t))
                    .extracting(AuditReceipt::seq)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(each);
            for (int i = 0; i < each; i++) {
                long seq = receipts.get(t).get(i).seq();
                assertThat(records.get((int) seq).get("uid").asText()).isEqualTo("t" + t + "-" + i);
            }
        }
    }

    @Test
    void aSlowReaderOfAReceiptDoesNotHoldUpTheLog() {
        CountDownLatch never = new CountDownLatch(1);
        Gate gate = new Gate();
        try (FileAuditLog log = open(gate, 4096, AuditObserver.NONE)) {
            gate.shut();
            CompletableFuture<AuditReceipt> first = log.append(denied("u1"));
            // Hung on before the receipt is there, so that it runs where the receipt is given out.
            first.thenRun(() -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            gate.unlock();

            // Nobody waits for the first: whoever waits may be the one who has to run what hangs on it.
            assertThat(log.append(denied("u2"))).succeedsWithin(SOON);
        } finally {
            never.countDown();
        }
    }

    @Test
    void moreThanTheQueueHoldsIsRefusedAtOnce() {
        Gate gate = new Gate();
        try (FileAuditLog log = open(gate, 10, AuditObserver.NONE)) {
            gate.shut();
            List<CompletableFuture<AuditReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                receipts.add(log.append(denied("u" + i)));
            }

            assertThat(receipts)
                    .filteredOn(CompletableFuture::isCompletedExceptionally)
                    .hasSizeGreaterThanOrEqualTo(20);
            assertThat(receipts.getLast())
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withCauseInstanceOf(AuditUnavailableException.class);
            assertThat(log.health().ok()).isTrue();
            gate.unlock();
            assertThat(receipts.getFirst()).succeedsWithin(SOON);
        }
    }

    /** Written together, the authorization would have been looked at before what forbids it was on record. */
    @ParameterizedTest
    @MethodSource
    void aRunIsNotWrittenTogetherWithWhatForbidsIt(AuditEvent forbids) {
        Gate gate = new Gate();
        try (FileAuditLog log = open(gate, 4096, AuditObserver.NONE)) {
            gate.shut();
            int writes = gate.writes.get();
            log.append(denied("u0"));
            // The writer is held up with that one, so that the next two gather.
            while (gate.writes.get() == writes) {
                Thread.onSpinWait();
            }
            log.append(forbids);
            var run = log.append(authorized("u1", 1, "p1"));
            gate.unlock();

            assertThat(run).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(AuditConflictException.class);
        }
    }

    private static Stream<AuditEvent> aRunIsNotWrittenTogetherWithWhatForbidsIt() {
        return Stream.of(
                revoked("approval-uid"),
                revoked("run-approval-uid"),
                decided("no", Decision.Denied, Identity.Verified, TestingEvents.NOW));
    }

    @Test
    void aRunAuthorizedAndFinishedInOneBreathIsWrittenInOrder() {
        try (FileAuditLog log = open(new Gate(), 4096, AuditObserver.NONE)) {
            List<CompletableFuture<AuditReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                receipts.add(log.append(authorized("u" + i, 1, "p" + i)));
                receipts.add(log.append(finished("u" + i, 1, "p" + i)));
            }

            assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).succeedsWithin(SOON));
            assertThat(log.openAuthorizations()).isEmpty();
        }
    }
}
