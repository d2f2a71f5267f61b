package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.finished;
import static dev.countersign.audit.TestingEvents.notStarted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.execution.UsageFromLog;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.Usage;
import dev.countersign.quota.UsageHistory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ToldRunsTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Claimant AGENT = new Claimant("finance", "system:serviceaccount:finance:agent");
    /** As {@link TestingEvents} makes them. */
    private static final long LIMIT = 5000;

    private static final long USED = 80;

    @TempDir
    Path directory;

    private UsageHistory usage = new UsageHistory();
    private FileAuditLog log;

    private void open(Instant now) throws InterruptedException {
        close();
        usage = new UsageHistory();
        log = FileAuditLog.open(
                LogClaim.take(directory),
                TestingEvents.WRITER,
                Clock.fixed(now, ZoneOffset.UTC),
                AuditObserver.NONE,
                new UsageFromLog(usage));
    }

    @AfterEach
    void close() {
        if (log != null) {
            log.close();
        }
    }

    private void append(AuditEvent event) throws Exception {
        log.append(event).get(20, TimeUnit.SECONDS);
    }

    @Test
    void countsEachRecordAsItBecomesDurable() throws Exception {
        // Given
        open(NOON);

        // When
        append(authorized("u1", 1, "p1"));
        append(finished("u1", 1, "p1"));
        append(authorized("u2", 1, "p2"));
        append(authorized("u3", 1, "p3"));
        append(notStarted("u3", 1, "p3"));

        // Then
        Usage now = usage.usage(AGENT, NOON);
        assertThat(now.agent().runs()).isEqualTo(2);
        assertThat(now.agent().cpuMillis()).isEqualTo(USED + LIMIT);
        assertThat(now.department()).isEqualTo(now.agent());
    }

    @Test
    void aRestartCountsTheSame() throws Exception {
        // Given
        open(NOON);
        append(authorized("u1", 1, "p1"));
        append(finished("u1", 1, "p1"));
        open(NOON.plusSeconds(70));
        append(authorized("u2", 1, "p2"));
        append(authorized("u3", 1, "p3"));
        append(notStarted("u3", 1, "p3"));

        // When
        open(NOON.plusSeconds(80));

        // Then: to the minute
        Usage now = usage.usage(AGENT, NOON.plusSeconds(80));
        assertThat(now.agent().minutes())
                .containsExactly(
                        new dev.countersign.quota.Minute(NOON, 1, USED),
                        new dev.countersign.quota.Minute(NOON.plusSeconds(60), 1, 0));
        assertThat(now.agent().reservedCpuMillis()).isEqualTo(LIMIT);
    }

    @Test
    void aRunThatBeganLongAgoCountsByWhatItUsesNow() throws Exception {
        // Given: two are open, one ends an hour and a half after it began
        open(NOON);
        append(authorized("u1", 1, "p1"));
        append(authorized("u2", 1, "p2"));
        append(authorized("long-over", 1, "p3"));
        append(finished("long-over", 1, "p3"));
        Instant later = NOON.plus(Duration.ofMinutes(90));
        open(later);
        append(finished("u1", 1, "p1"));

        // When
        open(later.plusSeconds(1));

        // Then
        Usage now = usage.usage(AGENT, later.plusSeconds(1));
        assertThat(now.agent().runs()).isZero();
        assertThat(now.agent().cpuMillis()).isEqualTo(USED + LIMIT);
    }
}
