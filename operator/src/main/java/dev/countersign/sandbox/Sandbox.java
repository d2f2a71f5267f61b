package dev.countersign.sandbox;

import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.ControlLine;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One single-use pod with its stream: waiting, then given one job, then ended. Closing it deletes the pod.
 */
public final class Sandbox implements AutoCloseable {
    /** What is written down about the pod: {@code imageId} is the digest reference that the runtime reports. */
    public record Facts(String namespace, String name, String uid, String node, String imageId, String runtimeClass) {}

    private static final Consumer<byte[]> IGNORE = bytes -> {};

    private final PodEnds ends;
    private final Pod pod;
    private final AttachStream stream;
    private final Sink sink;
    private boolean left;

    private Sandbox(PodEnds ends, Pod pod, AttachStream stream, Sink sink) {
        this.ends = ends;
        this.pod = pod;
        this.stream = stream;
        this.sink = sink;
    }

    /** Attaches to a running pod. What it says before a job is given is ignored: no frame can be valid yet. */
    static Sandbox attach(PodEnds ends, AttachStream.Opener opener, Pod pod) throws IOException {
        var sink = new Sink();
        return new Sandbox(ends, pod, opener.open(key(pod), sink), sink);
    }

    /**
     * Writes the job. From now on the pod is spent, whatever happens.
     *
     * @param stdout is given each piece of the supervisor's stdout, in order
     * @throws IOException the stream broke; the supervisor may or may not have read the job whole
     */
    public void handOver(Bytes job, Consumer<byte[]> stdout) throws IOException {
        sink.to = stdout;
        stream.write(job.toByteArray());
    }

    /** Asks the supervisor to end the run now; false: the stream is known to be gone, and only a deletion helps. */
    public boolean kill() {
        if (stream.ended().isDone()) {
            return false;
        }
        try {
            stream.write(ControlLine.KILL.bytes());
            return true;
        } catch (IOException e) {
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

    /** Deletes the pod, first closing the stream; does not wait for its end. */
    @Override
    public void close() {
        stream.close();
        if (!left) {
            ends.delete(key(pod), pod.getMetadata().getUid());
        }
    }

    private static final class Sink implements Consumer<byte[]> {
        // Written by the run's thread before the job goes out, read by the stream's thread after.
        private volatile Consumer<byte[]> to = IGNORE;

        @Override
        public void accept(byte[] bytes) {
            to.accept(bytes);
        }
    }
}
