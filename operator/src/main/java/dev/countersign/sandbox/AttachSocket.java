package dev.countersign.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream in Kubernetes' own WebSocket protocol, {@code v4.channel.k8s.io}: the first byte of a message names the
 * channel (0 stdin, 1 stdout, 2 stderr, 3 how the container ended).
 *
 * <p>In this version the API server passes bytes through, so a ping is answered by the node, not by the API server: a
 * stream that somebody on the way has dropped in silence is found out. A later version ends at the API server.
 */
final class AttachSocket implements AttachStream, WebSocket.Listener {
    /** The protocol that is spoken. */
    static final String PROTOCOL = "v4.channel.k8s.io";

    /** A message's bytes, channel included: readers on the way have buffers of this size. */
    private static final int MOST_MESSAGE_BYTES = 32 << 10;

    private static final byte STDIN = 0;
    private static final byte STDOUT = 1;

    /** A write that waits longer than this has no reader: the supervisor reads its input at once. */
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(10);

    private final Consumer<byte[]> stdout;
    private final Duration pingEvery;
    private final ScheduledExecutorService timer;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private volatile @Nullable WebSocket socket;
    private volatile boolean answered = true;
    private volatile @Nullable ScheduledFuture<?> pings;

    /** @param pingEvery a stream whose ping is not answered until the next one is over */
    AttachSocket(Consumer<byte[]> stdout, Duration pingEvery, ScheduledExecutorService timer) {
        this.stdout = stdout;
        this.pingEvery = pingEvery;
        this.timer = timer;
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        long millis = pingEvery.toMillis();
        pings = timer.scheduleWithFixedDelay(this::ping, millis, millis, TimeUnit.MILLISECONDS);
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        message.writeBytes(piece);
        if (last) {
            byte[] whole = message.toByteArray();
            message.reset();
            deliver(whole);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        answered = true;
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        over();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        over();
    }

    private void deliver(byte[] whole) {
        if (whole.length > 1 && whole[0] == STDOUT) {
            byte[] bytes = new byte[whole.length - 1];
            System.arraycopy(whole, 1, bytes, 0, bytes.length);
            stdout.accept(bytes);
        }
    }

    private void ping() {
        WebSocket open = socket;
        if (open == null || ended.isDone()) {
            over();
            return;
        }
        if (!answered) {
            open.abort();
            over();
            return;
        }
        answered = false;
        var unused = open.sendPing(ByteBuffer.allocate(0)).exceptionally(error -> {
            over();
            return null;
        });
    }

    private void over() {
        var running = pings;
        if (running != null) {
            running.cancel(false);
        }
        ended.complete(null);
    }

    @Override
    public synchronized void write(byte[] bytes) throws IOException, InterruptedException {
        WebSocket open = socket;
        if (open == null || ended.isDone()) {
            throw new IOException("the stream is over");
        }
        try {
            for (int at = 0; at < bytes.length; at += MOST_MESSAGE_BYTES - 1) {
                int length = Math.min(MOST_MESSAGE_BYTES - 1, bytes.length - at);
                var piece = ByteBuffer.allocate(length + 1).put(STDIN).put(bytes, at, length);
                open.sendBinary(piece.flip(), true).get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            open.abort();
            over();
            throw new IOException("the stream broke", e);
        }
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Cuts the connection: the pod's stdin ends, for good. */
    @Override
    public void close() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        over();
    }
}
