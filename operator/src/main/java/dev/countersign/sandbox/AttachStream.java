package dev.countersign.sandbox;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The one door into a sandbox: an open {@code attach} to its stdin and stdout.
 *
 * <p>Opened once and never re-opened: the pod has {@code stdinOnce}, so when this stream breaks before a job was
 * written, the supervisor reads the end of its input and leaves with code 64, having run nothing.
 */
interface AttachStream extends AutoCloseable {
    /** How streams are opened. */
    interface Opener {
        /**
         * Returns when the kubelet has accepted the stream.
         *
         * @param stdout called with each piece of the container's stdout, in order, never concurrently
         * @throws IOException the stream could not be opened in time
         */
        AttachStream open(PodWatch.PodKey pod, Consumer<byte[]> stdout) throws IOException, InterruptedException;
    }

    /** Writes to stdin. @throws IOException the stream is broken: how much arrived is not known */
    void write(byte[] bytes) throws IOException, InterruptedException;

    /** Completes when the stream is over, whatever ended it, after all of stdout was delivered. */
    CompletableFuture<Void> ended();

    @Override
    void close();
}
