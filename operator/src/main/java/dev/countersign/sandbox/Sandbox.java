package dev.countersign.sandbox;

import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.ControlLine;
import dev.countersign.sandbox.wire.Pong;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One caller's hold on a single-use pod with its stream: waiting, then given one job, then ended. Closing it deletes the
 * pod.
 *
 * <p>A hold that was {@linkplain #surrender surrendered} can do nothing any more, whoever still knows it: the pod may be
 * somebody else's by then.
 */
public final class Sandbox implements AutoCloseable {
    /** What is written down about the pod: {@code imageId} is the digest reference that the runtime reports. */
    public record Facts(String namespace, String name, String uid, String node, String imageId, String runtimeClass) {}

    /** What a sandbox needs to know of how pods end, and do to end them. */
    interface Ends {
        CompletableFuture<PodEnd> of(PodWatch.PodKey key);

        void delete(PodWatch.PodKey key, String uid);
    }

    private enum Hold {
        /** Nothing was promised to the pod: it may go back. */
        FREE,
        /** A run's record names the pod, or will. */
        SPENT,
        /** Given back. */
        SURRENDERED
    }

    /** Of a pod without a deadline: only tests make such. */
    private static final Duration FOREVER = Duration.ofDays(365);

    private final SandboxSupply.Key key;
    private final Ends ends;
    private final Pod pod;
    private final AttachStream stream;
    private final Sink sink;
    private final AtomicReference<Hold> hold = new AtomicReference<>(Hold.FREE);
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private volatile boolean left;

    private Sandbox(SandboxSupply.Key key, Ends ends, Pod pod, AttachStream stream, Sink sink) {
        this.key = key;
        this.ends = ends;
        this.pod = pod;
        this.stream = stream;
        this.sink = sink;
    }

    /** Attaches to a running pod. What it says before a job counts as an answer at most: no frame can be valid yet. */
    static Sandbox attach(SandboxSupply.Key key, Ends ends, AttachStream.Opener opener, Pod pod)
            throws IOException, InterruptedException {
        var sink = new Sink();
        return new Sandbox(key, ends, pod, opener.open(key(pod), sink), sink);
    }

    /**
     * Asks whether the interpreter waits for its job, and waits for the answer. A job may be given before that; it is
     * then its run that waits.
     *
     * @return false: no answer in time, so it is no good
     * @throws IOException the stream is over
     */
    public boolean awaitReady(Duration most) throws IOException, InterruptedException {
        stream.write(ControlLine.PING.bytes());
        try {
            CompletableFuture.anyOf(sink.answered, stream.ended()).get(most.toMillis(), TimeUnit.MILLISECONDS);
            return sink.answered.isDone();
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** What it was made for, and all that it may serve. */
    public SandboxSupply.Key key() {
        return key;
    }

    /**
     * Says that a record is about to name this pod for a run: from now on it never goes back, whatever happens.
     *
     * @throws IllegalStateException it was given back
     */
    public void spend() {
        if (hold.compareAndExchange(Hold.FREE, Hold.SPENT) == Hold.SURRENDERED) {
            throw new IllegalStateException("sandbox " + pod.getMetadata().getName() + " was given back");
        }
    }

    /** Another hold on the same pod, for whoever comes next; empty if the pod is spent, or this hold is over. */
    public Optional<Sandbox> surrender() {
        if (!hold.compareAndSet(Hold.FREE, Hold.SURRENDERED)) {
            return Optional.empty();
        }
        released.complete(null);
        return Optional.of(new Sandbox(key, ends, pod, stream, sink));
    }

    /**
     * Writes the job. From now on the pod is spent, whatever happens.
     *
     * @param stdout is given each piece of the supervisor's stdout, in order
     * @throws IOException the stream broke; the supervisor may or may not have read the job whole
     * @throws IllegalStateException it was given back
     */
    public void handOver(Bytes job, Consumer<byte[]> stdout) throws IOException, InterruptedException {
        spend();
        sink.to = stdout;
        stream.write(job.toByteArray());
    }

    /** Asks the supervisor to end the run now; false: the stream is known to be gone, and only a deletion helps. */
    public boolean kill() {
        if (hold.get() == Hold.SURRENDERED || stream.ended().isDone()) {
            return false;
        }
        try {
            stream.write(ControlLine.KILL.bytes());
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Completes when no more stdout will come. */
    public CompletableFuture<Void> streamEnded() {
        return stream.ended();
    }

    /** Completes with how the container ended. */
    public CompletableFuture<PodEnd> ended() {
        return ends.of(key(pod));
    }

    /** Completes when this hold is over: closed or surrendered. */
    public CompletableFuture<Void> released() {
        return released;
    }

    /**
     * How long the pod lives at most.
     *
     * @param created by the API server's clock
     * @param started when the kubelet saw it first, by the node's clock, from where its deadline counts
     * @param most after which the kubelet ends it, whatever runs in it
     */
    public record Life(Instant created, Instant started, Duration most) {}

    public Life life() {
        Long deadline = pod.getSpec().getActiveDeadlineSeconds();
        String started = pod.getStatus().getStartTime();
        Instant created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        return new Life(
                created,
                started == null ? created : Instant.parse(started),
                deadline == null ? FOREVER : Duration.ofSeconds(deadline));
    }

    public Facts facts() {
        return facts(pod);
    }

    static Facts facts(Pod pod) {
        var statuses = pod.getStatus().getContainerStatuses();
        String image = statuses.isEmpty() ? "" : statuses.getFirst().getImageID();
        return new Facts(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                Optional.ofNullable(pod.getSpec().getNodeName()).orElse(""),
                image,
                Optional.ofNullable(pod.getSpec().getRuntimeClassName()).orElse(""));
    }

    private static PodWatch.PodKey key(Pod pod) {
        return new PodWatch.PodKey(
                pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }

    /** Gives the pod up to whoever settles its run later: {@link #close} will not delete it. */
    public void leave() {
        left = true;
    }

    /** Deletes the pod, first closing the stream; does not wait for its end. Nothing, if it was given back. */
    @Override
    public void close() {
        // One that was closed unspent must not go back either.
        if (hold.getAndUpdate(now -> now == Hold.FREE ? Hold.SPENT : now) == Hold.SURRENDERED) {
            return;
        }
        stream.close();
        if (!left) {
            ends.delete(key(pod), pod.getMetadata().getUid());
        }
        released.complete(null);
    }

    private static final class Sink implements Consumer<byte[]> {
        // Written by the run's thread before the job goes out, read by the stream's thread after.
        private volatile Consumer<byte[]> to = this::beforeTheJob;

        private final Pong pong = new Pong();
        private final CompletableFuture<Void> answered = new CompletableFuture<>();

        @Override
        public void accept(byte[] bytes) {
            to.accept(bytes);
        }

        private void beforeTheJob(byte[] bytes) {
            if (pong.feed(bytes)) {
                answered.complete(null);
            }
        }
    }
}
