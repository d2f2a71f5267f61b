package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.sandbox.wire.TranscriptVerdict.Complete;
import dev.countersign.sandbox.wire.TranscriptVerdict.Incomplete;
import dev.countersign.sandbox.wire.TranscriptVerdict.Tampered;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Code owns the supervisor's stdout as much as the supervisor does. Whatever it does there, a run is told as it was or
 * not told as complete. Seeds are fixed, so a failure repeats.
 */
class HostileCodeTest {
    private static final RunKey KEY = TestingSupervisor.key();
    private static final byte[] STREAM = TestingSupervisor.wholeRun().stream();
    private static final Complete TRUTH = (Complete) read(STREAM);

    @Test
    void everyChangeOfEveryByte() {
        int survived = 0;
        for (int at = 0; at < STREAM.length; at++) {
            for (int value = 0; value < 256; value += value == '\n' - 1 || value == '\n' ? 1 : 7) {
                byte[] damaged = STREAM.clone();
                damaged[at] = (byte) value;
                survived += told(damaged) ? 1 : 0;
            }
        }
        // Some changes are harmless, such as of a newline in front: the test must see both.
        assertThat(survived).isPositive().isLessThan(STREAM.length * 10);
    }

    @Test
    void everyByteLostOrWrittenInBetween() {
        for (int at = 0; at <= STREAM.length; at++) {
            var before = new String(STREAM, 0, at, StandardCharsets.ISO_8859_1);
            var after = new String(STREAM, at, STREAM.length - at, StandardCharsets.ISO_8859_1);
            for (String written : List.of("\n", "A", "CSF1 ", "\nCSF1 ", "\n\n", "\u00ff", "=")) {
                told((before + written + after).getBytes(StandardCharsets.ISO_8859_1));
            }
            if (!after.isEmpty()) {
                told((before + after.substring(1)).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void anyMixOfTheRunsFramesOtherFramesAndGarbage() {
        var random = new Random(7);
        var own = TestingSupervisor.wholeRun().frames();
        var others = new TestingSupervisor(TestingSupervisor.key(TestingSupervisor.UID, 2, 7))
                .accepted()
                .stdout("evil")
                .result("\"value\":\"evil\",")
                .frames();
        int told = 0;
        for (int round = 0; round < 6_000; round++) {
            List<byte[]> pieces = new ArrayList<>();
            for (byte[] frame : own) {
                if (random.nextInt(20) != 0) {
                    pieces.add(frame);
                }
                switch (random.nextInt(8)) {
                    case 0 -> pieces.add(own.get(random.nextInt(own.size())));
                    case 1 -> pieces.add(others.get(random.nextInt(others.size())));
                    case 2 -> pieces.add(garbage(random));
                    default -> {}
                }
            }
            byte[] stream = TestingSupervisor.join(pieces);
            told += told(stream) ? 1 : 0;
            assertThat(read(stream, 1 + random.nextInt(500))).isEqualTo(read(stream));
        }
        assertThat(told).as("mixes in which the run is told").isBetween(600, 5_400);
    }

    @Test
    void aFrameOfAnotherRunNeverCounts() {
        // The same key bytes, as if derivation were broken: the header alone must keep runs apart.
        var other = new TestingSupervisor(TestingSupervisor.key(TestingSupervisor.UID, 2, 7))
                .accepted()
                .stdout("evil")
                .result("\"value\":\"evil\",");

        assertThat(read(other.stream())).isEqualTo(new TranscriptVerdict.NeverAccepted(new Noise(0, 3, 0)));
    }

    @Test
    void aResultWrittenInClearNeverCounts() {
        var accepted = new TestingSupervisor(KEY).accepted();
        var all = new ByteArrayOutputStream();
        all.writeBytes(accepted.stream());
        all.writeBytes(("\n" + accepted.fittingResult("") + "\n").getBytes(StandardCharsets.UTF_8));
        all.writeBytes(TestingSupervisor.line(accepted.fittingResult("").getBytes(StandardCharsets.UTF_8)));

        assertThat(read(all.toByteArray())).isEqualTo(new Incomplete(Bytes.EMPTY, Bytes.EMPTY, new Noise(1, 1, 0)));
    }

    /** Whether the run was told; fails when it was told otherwise than it was. */
    private static boolean told(byte[] stream) {
        return switch (read(stream)) {
            case Complete complete -> {
                assertThat(complete.result()).isEqualTo(TRUTH.result());
                assertThat(complete.stdout()).isEqualTo(TRUTH.stdout());
                assertThat(complete.stderr()).isEqualTo(TRUTH.stderr());
                yield true;
            }
            case Incomplete part -> isPrefix(part.stdout(), part.stderr());
            case Tampered part -> isPrefix(part.stdout(), part.stderr());
            case TranscriptVerdict.NeverAccepted none -> false;
        };
    }

    private static boolean isPrefix(Bytes stdout, Bytes stderr) {
        assertThat("hello world").startsWith(new String(stdout.toByteArray(), StandardCharsets.UTF_8));
        assertThat("oops").startsWith(new String(stderr.toByteArray(), StandardCharsets.UTF_8));
        return false;
    }

    private static byte[] garbage(Random random) {
        byte[] garbage = new byte[random.nextInt(40)];
        random.nextBytes(garbage);
        return garbage;
    }

    private static TranscriptVerdict read(byte[] stream) {
        return read(stream, stream.length);
    }

    private static TranscriptVerdict read(byte[] stream, int piece) {
        var transcript = new RunTranscript(KEY);
        for (int from = 0; from < stream.length; from += piece) {
            transcript.feed(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + piece)));
        }
        return transcript.end();
    }
}
