package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameReaderTest {
    private static final RunKey KEY = TestingSupervisor.key();

    private final FrameReader reader = new FrameReader(KEY);

    @Test
    void opensFramesInOrder() {
        var frames = reader.feed(TestingSupervisor.wholeRun().stream());

        assertThat(frames)
                .extracting(Frame::type)
                .containsExactly(
                        FrameType.ACCEPTED, FrameType.STDOUT, FrameType.STDERR, FrameType.STDOUT, FrameType.RESULT);
        assertThat(frames).extracting(Frame::counter).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(frames).extracting(Frame::last).containsExactly(false, false, false, false, true);
        assertThat(frames.get(1).payload()).isEqualTo(Bytes.ofUtf8("hello"));
        assertThat(frames.get(1).wireBytes())
                .isEqualTo(TestingSupervisor.wholeRun().frames().get(1).length);
        assertThat(reader.noise()).isEqualTo(Noise.NONE);
    }

    @Test
    void doesNotCareHowTheStreamIsCut() {
        byte[] stream = TestingSupervisor.wholeRun().stream();
        var whole = new FrameReader(KEY).feed(stream);
        var random = new Random(20_261);

        for (int round = 0; round < 500; round++) {
            var cut = new FrameReader(KEY);
            List<Frame> frames = new ArrayList<>();
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + random.nextInt(round % 2 == 0 ? 8 : 400));
                frames.addAll(cut.feed(Arrays.copyOfRange(stream, from, to)));
                from = to;
            }
            assertThat(frames).isEqualTo(whole);
        }
    }

    @Test
    void ignoresAndCountsWhatIsNoFrame() {
        var run = TestingSupervisor.wholeRun().frames();
        var pieces = List.of(
                ascii("Traceback, no newline"), run.get(0), ascii("CSF1"), ascii("\n\n\nCSF2 AAAA\n"), run.get(1));

        assertThat(reader.feed(TestingSupervisor.join(pieces))).hasSize(2);
        assertThat(reader.noise()).isEqualTo(new Noise(3, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void ignoresAndCountsForgeries(String name, byte[] line) {
        var run = TestingSupervisor.wholeRun().frames();

        assertThat(reader.feed(TestingSupervisor.join(List.of(line, run.get(0), line, run.get(1)))))
                .hasSize(2);
        assertThat(reader.noise()).isEqualTo(new Noise(0, 2, 0));
        assertThat(reader.fault()).isEmpty();
    }

    static Stream<Arguments> forgeries() {
        byte[] text = ascii("{}");
        return Stream.of(
                Arguments.of("nothing behind the magic", ascii("\nCSF1 \n")),
                Arguments.of("no base64", ascii("\nCSF1 %%%%\n")),
                Arguments.of("base64 of the URL alphabet", ascii("\nCSF1 __--\n")),
                Arguments.of("padding left out", ascii("\nCSF1 " + padded().replace("=", "") + "\n")),
                Arguments.of("spare bits set", ascii("\nCSF1 " + padded().replaceFirst(".==$", "/==") + "\n")),
                Arguments.of("too short for header and tag", TestingSupervisor.line(new byte[55])),
                Arguments.of("zeros", TestingSupervisor.line(new byte[200])),
                Arguments.of("another key", sealed(TestingSupervisor.key(TestingSupervisor.UID, 1, 8), 0, text)),
                Arguments.of(
                        "another run, same key bytes", sealed(TestingSupervisor.key(new UUID(3, 4), 1, 7), 0, text)),
                Arguments.of(
                        "another attempt, same key bytes",
                        sealed(TestingSupervisor.key(TestingSupervisor.UID, 2, 7), 0, text)),
                Arguments.of("another magic", withHeaderByte(3, '2')),
                Arguments.of("reserved bytes set", withHeaderByte(7, 1)),
                Arguments.of("more reserved bytes set", withHeaderByte(20, 1)),
                Arguments.of("type changed after sealing", changedAfterSealing(4)),
                Arguments.of("flags changed after sealing", changedAfterSealing(5)),
                Arguments.of("counter changed after sealing", changedAfterSealing(15)),
                Arguments.of("payload changed after sealing", changedAfterSealing(40)));
    }

    @Test
    void ignoresAndCountsReplays() {
        var run = TestingSupervisor.wholeRun().frames();

        var frames = reader.feed(TestingSupervisor.join(
                List.of(run.get(0), run.get(1), run.get(1), run.get(0), run.get(2), run.get(1))));

        assertThat(frames).extracting(Frame::counter).containsExactly(0L, 1L, 2L);
        assertThat(reader.noise()).isEqualTo(new Noise(0, 0, 3));
    }

    @Test
    void stopsForGoodAtAHole() {
        var run = TestingSupervisor.wholeRun().frames();

        var frames = reader.feed(TestingSupervisor.join(List.of(run.get(0), run.get(2), run.get(1), run.get(2))));

        assertThat(frames).extracting(Frame::counter).containsExactly(0L);
        assertThat(reader.fault())
                .hasValue(new Tampering(Tampering.Kind.COUNTER_GAP, "frame 2 came where frame 1 was due"));
        assertThat(reader.feed(run.get(1))).isEmpty();
    }

    @Test
    void aCounterFromTheUpperHalfIsAHoleAndNoReplay() {
        reader.feed(sealed(KEY, -1, ascii("{}")));

        assertThat(reader.fault().orElseThrow().detail()).startsWith("frame 18446744073709551615 came");
    }

    @ParameterizedTest
    @MethodSource("unknownFrames")
    void stopsAtAuthenticFramesThatV1DoesNotKnow(int type, int flags) {
        var frames = reader.feed(new TestingSupervisor(KEY).frame(type, flags, ascii("{}")).stream());

        assertThat(frames).isEmpty();
        assertThat(reader.fault().orElseThrow().kind()).isEqualTo(Tampering.Kind.PROTOCOL_VIOLATION);
    }

    static Stream<Arguments> unknownFrames() {
        return Stream.of(
                Arguments.of(0, 0),
                Arguments.of(5, 0),
                Arguments.of(255, 0),
                Arguments.of(4, 2),
                Arguments.of(4, 3),
                Arguments.of(1, 1),
                Arguments.of(2, 1),
                Arguments.of(3, 1),
                Arguments.of(2, 128));
    }

    @Test
    void dropsLinesThatAreTooLong() {
        byte[] longest = ascii("\nCSF1 " + "A".repeat(12_288 - 5) + "\n");
        byte[] tooLong = ascii("\nCSF1 " + "A".repeat(12_288 - 4) + "\n");

        assertThat(reader.feed(longest)).isEmpty();
        assertThat(reader.noise()).isEqualTo(new Noise(0, 1, 0));
        assertThat(reader.feed(tooLong)).isEmpty();
        assertThat(reader.noise()).isEqualTo(new Noise(1, 1, 0));
        assertThat(reader.feed(new TestingSupervisor(KEY).frame(2, 0, new byte[9000]).stream()))
                .hasSize(1);
    }

    @Test
    void aLineOf100MegabytesNeedsNoMemory() {
        byte[] garbage = new byte[64 << 10];
        Arrays.fill(garbage, (byte) 'A');
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        reader.feed(garbage);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int fed = 0; fed < 100 << 20; fed += garbage.length) {
            reader.feed(garbage);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // A list and a buffer's view for each of 1600 calls, and nothing of the line.
        assertThat(allocated).isLessThan(1 << 20);
        assertThat(reader.feed(TestingSupervisor.wholeRun().stream()))
                .as("and the reader lives on")
                .hasSize(5);
        assertThat(reader.noise()).isEqualTo(new Noise(1, 0, 0));
    }

    /** An authentic frame whose base64 ends in padding: 40, 2 and 16 bytes are one more than a multiple of three. */
    private static String padded() {
        String base64 = Base64.getEncoder().encodeToString(TestingSupervisor.seal(KEY, 1, 0, 0, ascii("{}")));
        assertThat(base64).endsWith("==");
        return base64;
    }

    private static byte[] sealed(RunKey key, long counter, byte[] payload) {
        return TestingSupervisor.line(TestingSupervisor.seal(key, 1, 0, counter, payload));
    }

    /** Authentic, but the header holds what v1 does not allow. */
    private static byte[] withHeaderByte(int at, int value) {
        byte[] header = Arrays.copyOf(TestingSupervisor.seal(KEY, 1, 0, 0, new byte[0]), 40);
        header[at] = (byte) value;
        return TestingSupervisor.line(TestingSupervisor.seal(KEY, header, ascii("{}")));
    }

    private static byte[] changedAfterSealing(int at) {
        byte[] frame = TestingSupervisor.seal(KEY, 1, 0, 0, ascii("{}"));
        frame[at] ^= 1;
        return TestingSupervisor.line(frame);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
