package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.finished;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RotationTest {

    private static final int SEGMENT = 4000;
    private static final LogSettings SETTINGS =
            new LogSettings(SEGMENT, 4, 4096, Duration.ofSeconds(1), FileChannel::open);

    @TempDir
    Path directory;

    private FileAuditLog open() {
        return FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE, SETTINGS);
    }

    @Test
    void segmentsAreBoundedAndLinkedAndOnlyTheLastCanBeWritten() throws Exception {
        try (FileAuditLog log = open()) {
            for (int i = 0; i < 40; i++) {
                log.append(denied("u" + i)).join();
            }
        }

        StoredLog stored = new StoredLog(directory);
        stored.requireLinked();
        assertThat(stored.segments()).hasSizeGreaterThan(3);
        assertThat(stored.segments().getFirst()).hasFileName("audit-000001.jsonl");
        assertThat(stored.segments().get(1)).hasFileName("audit-000002.jsonl");
        for (Path segment : stored.segments()) {
            boolean last = segment.equals(stored.segments().getLast());
            assertThat(Files.size(segment)).isLessThan(SEGMENT + 1000);
            assertThat(Files.getPosixFilePermissions(segment).contains(PosixFilePermission.OWNER_WRITE))
                    .isEqualTo(last);
        }
    }

    @Test
    void aRunMaySpanSegmentsAndRestarts() {
        try (FileAuditLog log = open()) {
            log.append(authorized("u1", 1, "p1")).join();
            for (int i = 0; i < 20; i++) {
                log.append(denied("x" + i)).join();
            }
        }
        try (FileAuditLog log = open()) {
            assertThat(log.openAuthorizations()).hasSize(1);
            for (int i = 0; i < 20; i++) {
                log.append(denied("y" + i)).join();
            }
            log.append(finished("u1", 1, "p1")).join();
        }
        try (FileAuditLog log = open()) {
            assertThat(log.openAuthorizations()).isEmpty();
            assertThat(log.settledRun("u1", 1)).isPresent();
        }
        new StoredLog(directory).requireLinked();
    }
}
