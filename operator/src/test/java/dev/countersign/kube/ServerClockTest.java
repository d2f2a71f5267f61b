package dev.countersign.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class ServerClockTest {
    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

    private final NodeClock node = new NodeClock();
    private long nanos = 7;
    private final ServerClock clock = new ServerClock(node, () -> nanos);

    /** The node's clock, which goes right or wrong, and never with the monotonic one unless told. */
    private static final class NodeClock extends Clock {
        Instant now = NOON;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private void hear(Instant second) {
        clock.heard(DateTimeFormatter.RFC_1123_DATE_TIME.format(second.atOffset(ZoneOffset.UTC)));
    }

    @Test
    void withoutAnAnswerItIsTheNodes() {
        assertThat(clock.instant()).isEqualTo(NOON);
        node.now = NOON.plusSeconds(1);
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(1));
        assertThat(clock.nodeIsAhead()).isZero();
    }

    @Test
    void aNodeThatIsRightIsBelievedToTheFractionOfASecond() {
        node.now = NOON.plusMillis(700);

        hear(NOON);

        assertThat(clock.instant()).isEqualTo(NOON.plusMillis(700));
    }

    @Test
    void aNodeThatIsBehindIsNotFollowed() {
        node.now = NOON.minusSeconds(3600);

        hear(NOON);

        assertThat(clock.instant()).isEqualTo(NOON);
        assertThat(clock.nodeIsAhead()).isEqualTo(Duration.ofHours(-1));
    }

    @Test
    void aNodeThatIsAheadIsNotFollowedEither() {
        node.now = NOON.plusSeconds(3600);

        hear(NOON);

        assertThat(clock.instant()).isEqualTo(NOON);
        assertThat(clock.nodeIsAhead()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void betweenAnswersTheNodesClockMayDoWhatItLikes() {
        hear(NOON);

        node.now = NOON.plusSeconds(86_400);
        pass(Duration.ofSeconds(20));

        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(20));
    }

    @Test
    void anAnswerFromTheFutureMovesItAtOnce() {
        hear(NOON);
        pass(Duration.ofSeconds(1));

        hear(NOON.plusSeconds(600));

        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(600));
    }

    @Test
    void aLateAnswerMovesNothing() {
        hear(NOON);
        pass(Duration.ofMillis(2900));

        hear(NOON);

        assertThat(clock.instant()).isEqualTo(NOON.plusMillis(2900));
        pass(Duration.ofSeconds(1));
        assertThat(clock.instant()).isEqualTo(NOON.plusMillis(3900));
    }

    /** Or an approval that has expired would come back. */
    @Test
    void itNeverGoesBackButSlowsDownUntilTheServerHasCaughtUp() {
        hear(NOON);
        pass(Duration.ofSeconds(63));

        hear(NOON);

        // A minute too far, more than an answer can be late.
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(63));
        pass(Duration.ofSeconds(60));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(93));
        pass(Duration.ofSeconds(60));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(123));
        pass(Duration.ofSeconds(10));
        assertThat(clock.instant()).as("caught up").isEqualTo(NOON.plusSeconds(133));
    }

    @Test
    void ofTwoServersItFollowsTheOneAhead() {
        hear(NOON);
        for (int i = 1; i <= 60; i++) {
            pass(Duration.ofSeconds(1));
            Instant ahead = NOON.plusSeconds(i).plusSeconds(3);
            hear(ahead);
            hear(NOON.plusSeconds(i));
            assertThat(clock.instant()).isEqualTo(ahead);
        }
    }

    @Test
    void whatIsNoTimeIsPassedOver() {
        hear(NOON);

        clock.heard((String) null);
        clock.heard("yesterday");

        assertThat(clock.instant()).isEqualTo(NOON);
    }

    @Test
    void aClientsAnswersAreHeard() {
        var server = new KubernetesMockServer(false);
        server.expect()
                .get()
                .withPath("/version")
                .andReply(new io.fabric8.mockwebserver.utils.ResponseProvider<Object>() {
                    @Override
                    public int getStatusCode(io.fabric8.mockwebserver.http.RecordedRequest request) {
                        return 200;
                    }

                    @Override
                    public io.fabric8.mockwebserver.http.Headers getHeaders() {
                        return io.fabric8.mockwebserver.http.Headers.builder()
                                .add("Date", "Sun, 29 Nov 2026 13:00:00 GMT")
                                .add("Content-Type", "application/json")
                                .build();
                    }

                    @Override
                    public void setHeaders(io.fabric8.mockwebserver.http.Headers headers) {}

                    @Override
                    public Object getBody(io.fabric8.mockwebserver.http.RecordedRequest request) {
                        return "{\"major\": \"1\", \"minor\": \"36\"}";
                    }
                })
                .always();
        server.init();
        try (var client = new KubernetesClientBuilder()
                .withConfig(server.createClient().getConfiguration())
                .withHttpClientFactory(new VertxHttpClientFactory())
                .withHttpClientBuilderConsumer(clock::listenTo)
                .build()) {
            clock.ask(client);
        } finally {
            server.destroy();
        }

        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(3600));
    }
}
