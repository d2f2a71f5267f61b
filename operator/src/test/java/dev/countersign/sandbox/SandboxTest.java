package dev.countersign.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.api.Language;
import dev.countersign.sandbox.pod.SandboxShape;
import dev.countersign.sandbox.wire.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A hold on a pod: whose it is, and when it is over. */
class SandboxTest {
    private static final SandboxSupply.Key KEY = new SandboxSupply.Key(
            new SandboxShape(Language.Python, "python", 128L << 20, 64L << 20, "gvisor"), "finance", "finance-runs");
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    private final TestingSandboxes made = new TestingSandboxes(() -> NOW, Duration.ofHours(2));

    private Sandbox start() throws Exception {
        return made.start(KEY, new CompletableFuture<>());
    }

    @Test
    void aSurrenderedHoldDoesNothingAnyMore() throws Exception {
        var first = start();
        var second = first.surrender().orElseThrow();

        first.close();
        assertThat(made.of(second).deleted).as("closed by who gave it back").isFalse();
        assertThat(first.kill()).isFalse();
        assertThat(first.surrender()).as("given back twice").isEmpty();
        assertThatThrownBy(() -> first.handOver(Bytes.EMPTY, bytes -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(first::spend).isInstanceOf(IllegalStateException.class);
        assertThat(made.of(second).jobs).as("written by who gave it back").hasValue(0);

        second.handOver(Bytes.EMPTY, bytes -> {});
        second.close();
        assertThat(made.of(second).jobs).hasValue(1);
        assertThat(made.of(second).deleted).isTrue();
    }

    @Test
    void aSpentOneNeverGoesBack() throws Exception {
        var named = start();
        named.spend();
        assertThat(named.surrender()).isEmpty();

        var handed = start();
        handed.handOver(Bytes.EMPTY, bytes -> {});
        assertThat(handed.surrender()).isEmpty();
        assertThat(made.of(handed).jobs).as("its own job reached it").hasValue(1);

        var closed = start();
        closed.close();
        assertThat(closed.surrender()).isEmpty();
    }

    @Test
    void itsLifeIsThePods() throws Exception {
        assertThat(start().life()).isEqualTo(new Sandbox.Life(NOW, NOW, Duration.ofHours(2)));
    }

    @Test
    void readyIsWhoAnswers() throws Exception {
        var up = start();
        assertThat(up.awaitReady(Duration.ofSeconds(10))).isTrue();
        assertThat(made.of(up).jobs).as("a question is no job").hasValue(0);

        var dead = start();
        made.of(dead).silent = true;
        assertThat(dead.awaitReady(Duration.ofMillis(20))).isFalse();

        var broken = start();
        made.of(broken).silent = true;
        made.of(broken).breakStream();
        assertThat(broken.awaitReady(Duration.ofSeconds(10))).isFalse();
    }
}
