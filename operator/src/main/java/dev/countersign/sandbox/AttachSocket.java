package dev.countersign.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one door into a sandbox: an open {@code attach} to its stdin and stdout.
 *
 * <p>Opened once and never re-opened: the pod has {@code stdinOnce}, so when this stream breaks before a job was
 * written, the supervisor reads the end of its input and leaves with code 64, having run nothing.
 */
final class AttachStream implements AutoCloseable {
    /** How streams are opened; a seam so that hand-over can be tested without a cluster. */
    interface Opener {
        AttachStream open(PodWatch.PodKey pod, Consumer<byte[]> stdout) throws IOException;
    }

    private static final int ATTACH_TIMEOUT_SECONDS = 10;

    private final ExecWatch watch;
    private final CompletableFuture<Void> ended;

    private AttachStream(ExecWatch watch, CompletableFuture<Void> ended) {
        this.watch = watch;
        this.ended = ended;
    }

    /**
     * Opens the stream; returns when the kubelet has accepted it.
     *
     * @param stdout called with each piece of the container's stdout, in order, never concurrently
     * @throws IOException the stream could not be opened in time
     */
    static AttachStream open(KubernetesClient client, PodWatch.PodKey pod, String container, Consumer<byte[]> stdout)
            throws IOException {
        var opened = new CompletableFuture<Void>();
        var ended = new CompletableFuture<Void>();
        ExecWatch watch = client.pods()
                .inNamespace(pod.namespace())
                .withName(pod.name())
                .inContainer(container)
                .withReadyWaitTimeout(0)
                .redirectingInput()
                .writingOutput(new Pieces(stdout))
                .writingError(OutputStream.nullOutputStream())
                .usingListener(new Ends(opened, ended))
                .attach();
        try {
            opened.get(ATTACH_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            watch.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while attaching to " + pod, e);
        } catch (Exception e) {
            watch.close();
            throw new IOException("cannot attach to " + pod, e);
        }
        return new AttachStream(watch, ended);
    }

    void write(byte[] bytes) throws IOException {
        var stdin = watch.getInput();
        stdin.write(bytes);
        stdin.flush();
    }

    /** Completes when the stream is over, whatever ended it, after all of stdout was delivered. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        watch.close();
    }

    private static final class Pieces extends OutputStream {
        private final Consumer<byte[]> sink;

        Pieces(Consumer<byte[]> sink) {
            this.sink = sink;
        }

        @Override
        public void write(int b) {
            sink.accept(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            byte[] piece = new byte[length];
            System.arraycopy(bytes, offset, piece, 0, length);
            sink.accept(piece);
        }
    }

    private record Ends(CompletableFuture<Void> opened, CompletableFuture<Void> ended) implements ExecListener {
        @Override
        public void onOpen() {
            opened.complete(null);
        }

        @Override
        public void onFailure(Throwable failure, Response response) {
            opened.completeExceptionally(failure);
            ended.complete(null);
        }

        @Override
        public void onClose(int code, String reason) {
            opened.completeExceptionally(new IOException("closed with " + code));
            ended.complete(null);
        }
    }
}
