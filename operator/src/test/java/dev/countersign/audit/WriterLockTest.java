package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WriterLockTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir
    Path directory;

    /** Opens the log, says so, and stays. */
    static final class Holder {
        public static void main(String[] arguments) throws InterruptedException {
            FileAuditLog log = open(Path.of(arguments[0]));
            System.out.println("open");
            Thread.sleep(Duration.ofMinutes(5));
            log.close();
        }
    }

    private static FileAuditLog open(Path directory) {
        return FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE);
    }

    private FileAuditLog openWhenFree() throws InterruptedException {
        return FileAuditLog.open(
                LogClaim.await(directory, SHORT),
                TestingEvents.WRITER,
                TestingEvents.CLOCK,
                AuditObserver.NONE,
                RunListener.NONE);
    }

    private ChildJvm holder() throws IOException {
        ChildJvm holder = ChildJvm.start(Holder.class, directory.toString());
        assertThat(holder.readLine()).isEqualTo("open");
        return holder;
    }

    @Test
    void aSecondProcessIsRefusedUntilTheFirstIsGone() throws Exception {
        try (ChildJvm holder = holder()) {
            assertThatThrownBy(() -> open(directory))
                    .isInstanceOf(AlreadyLockedException.class)
                    .hasMessageContaining("writer.lock");
            assertThat(new StoredLog(directory).types()).containsExactly("log.opened");

            holder.kill();
            open(directory).close();
        }
    }

    @Test
    void aStandbyTakesOverWhenTheFirstIsKilled() throws Exception {
        try (ChildJvm holder = holder()) {
            CompletableFuture<FileAuditLog> standby = CompletableFuture.supplyAsync(() -> {
                try {
                    return openWhenFree();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            Thread.sleep(300);
            assertThat(standby).isNotDone();

            holder.kill();

            standby.get(20, TimeUnit.SECONDS).close();
        }
        assertThat(new StoredLog(directory).types()).containsExactly("log.opened", "log.opened", "log.sealed");
    }

    @Test
    void aStandbyGivesUpWhenInterrupted() throws Exception {
        try (ChildJvm holder = holder()) {
            AtomicReference<Object> end = new AtomicReference<>();
            Thread standby = Thread.ofPlatform().start(() -> {
                try {
                    end.set(openWhenFree());
                } catch (InterruptedException | RuntimeException e) {
                    end.set(e);
                }
            });
            Thread.sleep(200);

            standby.interrupt();
            standby.join(Duration.ofSeconds(20));

            assertThat(end.get()).isInstanceOf(InterruptedException.class);
            holder.kill();
            // Nothing of the standby is left that would keep the log locked.
            open(directory).close();
        }
    }

    @Test
    void aSecondOpenInTheSameProcessIsRefused() {
        FileAuditLog log = open(directory);

        assertThatThrownBy(() -> open(directory)).isInstanceOf(AlreadyLockedException.class);

        log.close();
    }

    @Test
    void aLogThatCannotBeOpenedLeavesNoLock() throws Exception {
        open(directory).close();
        Path segment = directory.resolve("audit-000001.jsonl");
        java.nio.file.Files.writeString(segment, "{}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> open(directory)).isInstanceOf(AuditLogDamagedException.class);

        // In the same process a lock that was left would refuse the second try differently.
        assertThatThrownBy(() -> open(directory)).isInstanceOf(AuditLogDamagedException.class);
    }

    @Test
    void aStoppedWriterIsNotGone() throws Exception {
        try (ChildJvm holder = holder()) {
            holder.stop();

            assertThatThrownBy(() -> LogClaim.take(directory)).isInstanceOf(AlreadyLockedException.class);

            holder.kill();
            LogClaim.await(directory, SHORT).close();
        }
    }

    @Test
    void aClaimThatCouldNotBeUsedIsStillHeld() throws Exception {
        open(directory).close();
        Path segment = directory.resolve("audit-000001.jsonl");
        Files.writeString(segment, Files.readString(segment).replaceFirst("log.opened", "log.changed"));
        LogClaim claim = LogClaim.await(directory, SHORT);

        assertThatThrownBy(() -> FileAuditLog.open(
                        claim, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE, RunListener.NONE))
                .isInstanceOf(AuditLogDamagedException.class);

        assertThat(claim.isOfTheLogThere()).isTrue();
        assertThatThrownBy(() -> LogClaim.take(directory)).isInstanceOf(AlreadyLockedException.class);
    }

    @Test
    void aClaimOnALogThatWasMovedAwayProvesNothing() throws Exception {
        Path log = directory.resolve("log");
        try (LogClaim claim = LogClaim.await(log, SHORT)) {
            assertThat(claim.isOfTheLogThere()).isTrue();

            Files.move(log, directory.resolve("away"));
            assertThat(claim.isOfTheLogThere()).isFalse();

            Files.createDirectory(log);
            Files.createFile(log.resolve("writer.lock"));
            assertThat(claim.isOfTheLogThere()).isFalse();
        }
    }
}
