package dev.countersign.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server's clock, as far as its answers tell it: each has the whole second of its making in {@code Date}.
 *
 * <p>Creation times are the API server's, so what is compared with them (the end of an approval, since when the guard
 * stands) must be of the same clock, and not of a node's that may be wrong. Between answers the time goes on with the
 * machine's monotonic clock. An answer can be late but never early, so one from the future moves this clock at once;
 * one from the past only slows it down. It never goes back, and so nothing that has expired comes back. Where two API
 * servers differ, it follows the one that is ahead, which ends approvals sooner and never later.
 *
 * <p>Before the first answer it is the node's.
 */
public final class ServerClock extends Clock {

    /** How far ahead of an answer's second the truth can be: that second itself, and two for an answer on its way. */
    static final Duration TOLERANCE = Duration.ofSeconds(3);

    /** From this difference on the node's clock is wrong; as the guard's margin for clocks. */
    static final Duration NOTABLE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ServerClock.class);

    private final Clock node;
    private final LongSupplier nanos;
    private volatile @Nullable Line line;
    private boolean nodeIsWrong;

    /**
     * What time it is from one reading of the monotonic clock on.
     *
     * @param ahead of the API server: so much is made up for by going at half the speed
     */
    private record Line(long reading, Instant time, Duration ahead) {
        Instant at(long now) {
            long passed = now - reading;
            return time.plusNanos(Math.max(passed / 2, passed - ahead.toNanos()));
        }
    }

    /** On a node with this clock. */
    public ServerClock(Clock node) {
        this(node, System::nanoTime);
    }

    ServerClock(Clock node, LongSupplier nanos) {
        this.node = node;
        this.nanos = nanos;
    }

    /** Has a client's answers heard, of clients derived from it too; WebSockets say nothing. */
    public void listenTo(HttpClient.Builder client) {
        client.addOrReplaceInterceptor("server-clock", new Interceptor() {
            @Override
            public void after(
                    HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
                heard(response.header("Date"));
            }
        });
    }

    /** Has an answer now, from a client that is listened to. Without one the time stays what it was known to be. */
    public void ask(KubernetesClient client) {
        try {
            client.getKubernetesVersion();
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .setCause(e)
                    .log("the API server does not tell the time; the node's clock counts until it does");
        }
    }

    /** @param date of an answer, as of RFC 9110; what is none is passed over */
    void heard(@Nullable String date) {
        if (date == null) {
            return;
        }
        try {
            heard(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeParseException e) {
            LOG.atDebug().setCause(e).log("an answer without a time");
        }
    }

    private synchronized void heard(Instant second) {
        long reading = nanos.getAsLong();
        Line before = line;
        Instant latest = second.plus(TOLERANCE);
        Instant known = before == null ? node.instant() : before.at(reading);
        if (known.isBefore(second) || (before == null && known.isAfter(latest))) {
            line = new Line(reading, second, Duration.ZERO);
        } else {
            line = new Line(reading, known, known.isAfter(latest) ? Duration.between(latest, known) : Duration.ZERO);
        }
        notice();
    }

    private void notice() {
        Duration off = nodeIsAhead();
        boolean wrong = off.abs().compareTo(NOTABLE) > 0;
        if (wrong && !nodeIsWrong) {
            LOG.atWarn()
                    .addKeyValue("nodeIsAheadBySeconds", off.toSeconds())
                    .log("the node's clock differs from the API server's, whose clock counts: set the node's right");
        } else if (!wrong && nodeIsWrong) {
            LOG.info("the node's clock is right again");
        }
        nodeIsWrong = wrong;
    }

    /** How far the node's clock is ahead of the API server's, or behind (negative), as far as is known. */
    public Duration nodeIsAhead() {
        return line == null ? Duration.ZERO : Duration.between(instant(), node.instant());
    }

    @Override
    public Instant instant() {
        Line known = line;
        return known == null ? node.instant() : known.at(nanos.getAsLong());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** Nobody needs another zone: instants have none. */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the API server's clock is told in UTC");
    }
}
