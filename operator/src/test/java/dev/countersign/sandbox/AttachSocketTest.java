package dev.countersign.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachSocketTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> stdout = new ArrayList<>();
    private final Far far = new Far();

    /** The far end, as far as the stream sees it. */
    private static final class Far implements WebSocket {
        final List<byte[]> messages = new CopyOnWriteArrayList<>();
        final AtomicInteger pings = new AtomicInteger();
        volatile boolean breaks;
        volatile boolean aborted;
        volatile @Nullable Runnable answer;

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
            throw new AssertionError("text");
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
            assertThat(last).isTrue();
            if (breaks) {
                return CompletableFuture.failedFuture(new IOException("broken"));
            }
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            messages.add(bytes);
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
            pings.incrementAndGet();
            var answering = answer;
            if (answering != null) {
                answering.run();
            }
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public String getSubprotocol() {
            return AttachSocket.PROTOCOL;
        }

        @Override
        public boolean isOutputClosed() {
            return aborted;
        }

        @Override
        public boolean isInputClosed() {
            return aborted;
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private AttachSocket open(Duration pingEvery) {
        var socket = new AttachSocket(bytes -> stdout.add(new String(bytes, StandardCharsets.UTF_8)), pingEvery, timer);
        socket.onOpen(far);
        return socket;
    }

    private static ByteBuffer message(int channel, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(bytes.length + 1)
                .put((byte) channel)
                .put(bytes)
                .flip();
    }

    @Test
    void onlyStdoutIsDeliveredWholeMessageByMessage() {
        var socket = open(NEVER);
        socket.onBinary(far, message(1, ""), true);
        socket.onBinary(far, message(1, "he"), false);
        socket.onBinary(far, ByteBuffer.wrap("llo".getBytes(StandardCharsets.UTF_8)), true);
        socket.onBinary(far, message(2, "stderr"), true);
        socket.onBinary(far, message(3, "status"), true);
        socket.onBinary(far, message(1, "end"), true);

        assertThat(stdout).containsExactly("hello", "end");
    }

    @Test
    void aLargeJobGoesInMessagesThatReadersOnTheWayTake() throws Exception {
        byte[] job = new byte[200_001];
        new Random(5).nextBytes(job);
        open(NEVER).write(job);

        var arrived = new ByteArrayOutputStream();
        for (byte[] each : far.messages) {
            assertThat(each.length).isLessThanOrEqualTo(32 << 10);
            assertThat(each[0]).as("stdin").isZero();
            arrived.write(each, 1, each.length - 1);
        }
        assertThat(arrived.toByteArray()).isEqualTo(job);
    }

    @Test
    void anAnsweredPingKeepsItOpen() throws Exception {
        var socket = open(Duration.ofMillis(20));
        far.answer = () -> socket.onPong(far, ByteBuffer.allocate(0));
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (far.pings.get() < 5 && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(far.pings).hasValueGreaterThanOrEqualTo(5);
        assertThat(socket.ended()).isNotDone();
    }

    @Test
    void aPingWithoutAnswerEndsIt() throws Exception {
        var socket = open(Duration.ofMillis(20));
        socket.ended().get(10, TimeUnit.SECONDS);
        assertThat(far.pings).hasValue(1);
        assertThat(far.aborted).isTrue();
    }

    @Test
    void aBrokenWriteEndsIt() {
        var socket = open(NEVER);
        far.breaks = true;
        assertThatThrownBy(() -> socket.write(new byte[1])).isInstanceOf(IOException.class);
        assertThat(socket.ended()).isDone();
        assertThatThrownBy(() -> socket.write(new byte[1])).hasMessage("the stream is over");
    }

    @Test
    void itEndsWithItsFarEndAndWhenClosed() {
        var closedThere = open(NEVER);
        closedThere.onClose(far, 1000, "");
        assertThat(closedThere.ended()).isDone();
        var failed = open(NEVER);
        failed.onError(far, new IOException("reset"));
        assertThat(failed.ended()).isDone();
        var closedHere = open(NEVER);
        closedHere.close();
        assertThat(closedHere.ended()).isDone();
        assertThat(far.aborted).isTrue();
    }
}
