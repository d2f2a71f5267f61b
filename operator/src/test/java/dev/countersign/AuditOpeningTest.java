package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditObserver;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.audit.AuditWriter;
import dev.countersign.audit.FileAuditLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AuditOpeningTest {
    private static final AuditOpening OPENING = new AuditOpening(Duration.ofMillis(1), Duration.ofMillis(4));

    @TempDir
    Path directory;

    private final List<String> told = new ArrayList<>();

    @Test
    void saysWhyOnceForEachReasonUntilItOpens() throws InterruptedException {
        // Given
        Deque<String> failures = new ArrayDeque<>(List.of("no disk", "no disk", "no space", "no disk"));

        // When
        String opened = OPENING.open(
                () -> {
                    if (!failures.isEmpty()) {
                        throw new AuditUnavailableException(failures.pop(), null);
                    }
                    return "open";
                },
                told::add);

        // Then
        assertThat(opened).isEqualTo("open");
        assertThat(told).containsExactly("no disk", "no space", "no disk");
    }

    @Test
    void aDamagedLogIsTriedAgainAsWellOnceSomebodyHasPutItRight() throws Exception {
        // Given
        Path segment = directory.resolve("audit-000001.jsonl");
        Files.writeString(segment, "{\"not\":\"a record\"}\n");

        // When
        FileAuditLog log = OPENING.open(this::open, why -> {
            told.add(why);
            delete(segment);
        });

        // Then
        log.close();
        assertThat(told).singleElement().asString().contains("audit log is damaged", "line 1");
    }

    @Test
    void aFaultOfTheProgramIsNoAbsence() {
        assertThatThrownBy(() -> OPENING.open(
                        () -> {
                            throw new IllegalStateException("a fault");
                        },
                        told::add))
                .isInstanceOf(IllegalStateException.class);
        assertThat(told).isEmpty();
    }

    private FileAuditLog open() {
        return FileAuditLog.open(
                directory, new AuditWriter(1, "operator-0", "0.1.0"), Clock.systemUTC(), AuditObserver.NONE);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
