package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer killed with SIGKILL in the midst of its work, several times over on one log. */
@Timeout(120)
class KilledWriterTest {

    private static final int ROUNDS = 4;

    @TempDir
    Path directory;

    /** Authorizes and finishes runs from several threads, and says so once a receipt is there. */
    static final class Writer {
        public static void main(String[] arguments) {
            String round = arguments[1];
            LogSettings settings =
                    new LogSettings(200_000, 256, 4096, Duration.ofMillis(50), java.nio.channels.FileChannel::open);
            FileAuditLog log = FileAuditLog.open(
                    Path.of(arguments[0]), TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE, settings);
            endsAlsoIfNobodyKillsIt();
            AtomicLong next = new AtomicLong();
            for (int t = 0; t < 8; t++) {
                Thread.ofPlatform().start(() -> {
                    while (true) {
                        String uid = round + "-" + next.incrementAndGet();
                        say(
                                "authorized",
                                uid,
                                log.append(TestingEvents.authorized(uid, 1, "p" + uid))
                                        .join());
                        say(
                                "finished",
                                uid,
                                log.append(TestingEvents.finished(uid, 1, "p" + uid))
                                        .join());
                    }
                });
            }
        }

        // Whoever was to kill it may have been killed.
        private static void endsAlsoIfNobodyKillsIt() {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Thread.sleep(Duration.ofMinutes(1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                Runtime.getRuntime().halt(3);
            });
        }

        private static void say(String what, String uid, AuditReceipt receipt) {
            // One call, one write: lines of several threads do not mix.
            System.out.println(what + " " + uid + " " + receipt.seq() + " " + receipt.leafHash() + " .");
        }
    }

    @RepeatedTest(3)
    void noAcknowledgedRecordIsLost(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<Long, String> acknowledged = new HashMap<>();
        Map<String, String> lastWord = new HashMap<>();

        for (int round = 0; round < ROUNDS; round++) {
            int enough = 50 + random.nextInt(600);
            try (ChildJvm writer = ChildJvm.start(Writer.class, directory.toString(), "r" + round)) {
                for (int i = 0; i < enough; i++) {
                    remember(writer.readLine(), acknowledged, lastWord);
                }
                writer.kill();
                for (String line = writer.readLine(); line != null; line = writer.readLine()) {
                    remember(line, acknowledged, lastWord);
                }
            }
        }

        try (FileAuditLog log =
                FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE)) {
            StoredLog stored = new StoredLog(directory);
            stored.requireLinked();
            var lines = stored.lines();
            assertThat(acknowledged).hasSizeGreaterThan(ROUNDS * 50);
            acknowledged.forEach((seq, leafHash) -> {
                byte[] line = lines.get(Math.toIntExact(seq)).getBytes(StandardCharsets.US_ASCII);
                assertThat(new LineHash().leaf(line, 0, line.length)).isEqualTo(leafHash);
            });
            var open = log.openAuthorizations().stream()
                    .map(OpenAuthorization::executionUid)
                    .toList();
            lastWord.forEach((uid, word) -> {
                if (word.equals("finished")) {
                    assertThat(open).doesNotContain(uid);
                } else {
                    assertThat(open.contains(uid) || log.settledRun(uid, 1).isPresent())
                            .as(uid)
                            .isTrue();
                }
            });
        }
    }

    private static void remember(String line, Map<Long, String> acknowledged, Map<String, String> lastWord) {
        String[] words = line.split(" ", -1);
        if (words.length == 5) {
            acknowledged.put(Long.valueOf(words[2]), words[3]);
            lastWord.put(words[1], words[0]);
        }
    }
}
