package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.denied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real volume that is really full. Needs the right to mount one; {@link FailingDiskTest} is for everybody. */
@Timeout(60)
class FullDiskTest {

    @TempDir
    Path volume;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", volume.toString()) == 0;
        assumeTrue(mounted, "may not mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", volume.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aFullVolumeStopsTheLogAndRoomBringsItBackWithEveryAcknowledgedRecord() throws Exception {
        Path filler = volume.resolve("filler");
        Files.write(filler, new byte[64 << 10]);
        List<AuditReceipt> receipts = new ArrayList<>();
        Path directory = volume.resolve("audit");

        try (FileAuditLog log =
                FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE)) {
            Throwable refusal = null;
            for (int i = 0; i < 1000 && refusal == null; i++) {
                try {
                    receipts.add(log.append(denied("u" + i)).join());
                } catch (CompletionException e) {
                    refusal = e.getCause();
                }
            }
            assertThat(refusal)
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(log.append(authorized("x", 1, "p")))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(AuditUnavailableException.class);
            // Tries go on all the while and change nothing.
            await().pollDelay(Duration.ofMillis(2500)).until(() -> !log.health().ok());

            Files.delete(filler);

            await().atMost(Duration.ofSeconds(20)).until(() -> log.health().ok());
            receipts.add(log.append(authorized("x", 1, "p")).join());
        }

        StoredLog stored = new StoredLog(directory);
        stored.requireLinked();
        var lines = stored.lines();
        assertThat(receipts).hasSizeGreaterThan(20).allSatisfy(receipt -> {
            byte[] line = lines.get((int) receipt.seq()).getBytes(StandardCharsets.US_ASCII);
            assertThat(new LineHash().leaf(line, 0, line.length)).isEqualTo(receipt.leafHash());
        });
        assertThat(stored.ofType("log.recovered")).hasSize(1);
        try (FileAuditLog log =
                FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE)) {
            assertThat(log.openAuthorizations()).hasSize(1);
        }
    }
}
