package dev.countersign.sandbox;

import dev.countersign.sandbox.wire.ControlLine;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Starts sandboxes without a cluster, and tells what became of their pods. */
public final class TestingSandboxes implements SandboxStarter {
    /** A pod that was made. */
    public static final class TestingPod {
        public final SandboxSupply.Key key;
        public final String uid;

        /** Jobs that were written to it; kill lines are not counted. */
        public final AtomicInteger jobs = new AtomicInteger();

        /** Jobs that were written after its stream had broken, as far as the writer could know. */
        public final AtomicInteger jobsOnBrokenStream = new AtomicInteger();

        public volatile boolean deleted;

        /** Whether its interpreter died, so that nobody answers. */
        volatile boolean silent;

        private final CompletableFuture<Void> streamEnded = new CompletableFuture<>();
        private final CompletableFuture<PodEnd> ended = new CompletableFuture<>();

        TestingPod(SandboxSupply.Key key, String uid) {
            this.key = key;
            this.uid = uid;
        }

        /** Breaks its stream. */
        public void breakStream() {
            streamEnded.complete(null);
        }

        public boolean isBroken() {
            return streamEnded.isDone();
        }
    }

    public final List<TestingPod> pods = new CopyOnWriteArrayList<>();
    private final Map<String, TestingPod> byUid = new ConcurrentHashMap<>();
    /** By how much the node's clock is ahead of the API server's. */
    public volatile Duration nodeAhead = Duration.ZERO;

    private final AtomicInteger names = new AtomicInteger();
    private final Supplier<Instant> now;
    private final Duration life;

    /** What each start meets before it succeeds. */
    public volatile Hindrance hindrance = (key, giveUp) -> {};

    /** Whether no node has room for the key now. */
    public volatile Predicate<SandboxSupply.Key> crowded = key -> false;

    /** What a start meets. */
    public interface Hindrance {
        void meet(SandboxSupply.Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException;
    }

    /** @param life deadline of each pod */
    public TestingSandboxes(Supplier<Instant> now, Duration life) {
        this.now = now;
        this.life = life;
    }

    public static SandboxUnavailable atQuota() {
        return SandboxUnavailable.atQuota("exceeded quota", new IOException("403"));
    }

    /** The pod behind a sandbox. */
    public TestingPod of(Sandbox sandbox) {
        return of(sandbox.facts().uid());
    }

    public TestingPod of(String uid) {
        return Objects.requireNonNull(byUid.get(uid));
    }

    public List<TestingPod> alive() {
        return pods.stream().filter(each -> !each.deleted).toList();
    }

    @Override
    public Sandbox start(SandboxSupply.Key key, CompletableFuture<?> giveUp)
            throws SandboxUnavailable, InterruptedException {
        hindrance.meet(key, giveUp);
        var made = new TestingPod(key, "uid-" + names.incrementAndGet());
        byUid.put(made.uid, made);
        pods.add(made);
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName(made.uid)
                .withNamespace(key.namespace())
                .withUid(made.uid)
                .withCreationTimestamp(now.get().toString())
                .endMetadata()
                .withNewSpec()
                .withActiveDeadlineSeconds(life.toSeconds())
                .endSpec()
                .withNewStatus()
                .withStartTime(now.get().plus(nodeAhead).toString())
                .endStatus()
                .build();
        try {
            return Sandbox.attach(key, ends(made), (to, stdout) -> stream(made, stdout), pod);
        } catch (IOException e) {
            throw new SandboxUnavailable("no stream", e);
        }
    }

    @Override
    public Sandbox start(SandboxSupply.Key key, CompletableFuture<?> giveUp, Runnable noRoom)
            throws SandboxUnavailable, InterruptedException {
        for (int times = 0; times < 20 && crowded.test(key); times++) {
            noRoom.run();
        }
        if (crowded.test(key)) {
            throw new SandboxUnavailable("no node has room");
        }
        return start(key, giveUp);
    }

    private static Sandbox.Ends ends(TestingPod made) {
        return new Sandbox.Ends() {
            @Override
            public CompletableFuture<PodEnd> of(PodWatch.PodKey key) {
                return made.ended;
            }

            @Override
            public void delete(PodWatch.PodKey key, String uid) {
                made.deleted = true;
                made.ended.complete(new PodEnd.Gone());
            }
        };
    }

    private static AttachStream stream(TestingPod made, Consumer<byte[]> stdout) {
        return new AttachStream() {
            @Override
            public void write(byte[] bytes) throws IOException {
                if (Arrays.equals(bytes, ControlLine.PING.bytes())) {
                    if (!made.silent) {
                        stdout.accept("COUNTERSIGN-PONG/1\n".getBytes(StandardCharsets.US_ASCII));
                    }
                    return;
                }
                made.jobs.incrementAndGet();
                if (made.isBroken()) {
                    made.jobsOnBrokenStream.incrementAndGet();
                    throw new IOException("broken");
                }
            }

            @Override
            public CompletableFuture<Void> ended() {
                return made.streamEnded;
            }

            @Override
            public void close() {
                made.streamEnded.complete(null);
            }
        };
    }
}
