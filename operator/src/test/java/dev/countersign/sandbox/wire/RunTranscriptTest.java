package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.sandbox.wire.TranscriptVerdict.Complete;
import dev.countersign.sandbox.wire.TranscriptVerdict.Incomplete;
import dev.countersign.sandbox.wire.TranscriptVerdict.NeverAccepted;
import dev.countersign.sandbox.wire.TranscriptVerdict.Tampered;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTranscriptTest {
    private static final RunKey KEY = TestingSupervisor.key();

    @Test
    void aWholeRunIsComplete() {
        var complete = complete(TestingSupervisor.wholeRun());

        assertThat(complete.stdout()).isEqualTo(Bytes.ofUtf8("hello world"));
        assertThat(complete.stderr()).isEqualTo(Bytes.ofUtf8("oops"));
        assertThat(complete.result().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(complete.result().exitCode()).isZero();
        assertThat(complete.result().usage()).isEqualTo(new Usage(12, 8, 9_000_000, 5));
        assertThat(complete.noise()).isEqualTo(Noise.NONE);
    }

    @Test
    void aRunWithoutOutputIsComplete() {
        var complete = complete(new TestingSupervisor(KEY).accepted().result(""));

        assertThat(complete.stdout()).isEqualTo(Bytes.EMPTY);
        assertThat(complete.stderr()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void aResultInManyPiecesIsComplete() {
        String value = "x".repeat(30_000);
        var run = new TestingSupervisor(KEY).accepted().result("\"value\":\"" + value + "\",");

        assertThat(run.frames()).hasSizeGreaterThan(4);
        assertThat(complete(run).result().value().textValue()).isEqualTo(value);
    }

    @Test
    void tellsWhatIsKnownOnTheWay() {
        var run = TestingSupervisor.wholeRun().frames();
        var transcript = new RunTranscript(KEY);

        assertThat(transcript.end()).isEqualTo(new NeverAccepted(Noise.NONE));
        transcript.feed(run.get(0));
        assertThat(transcript.accepted()).isTrue();
        assertThat(transcript.end()).isEqualTo(new Incomplete(Bytes.EMPTY, Bytes.EMPTY, Noise.NONE));
        transcript.feed(run.get(1));
        assertThat(transcript.end()).isEqualTo(new Incomplete(Bytes.ofUtf8("hello"), Bytes.EMPTY, Noise.NONE));
        transcript.feed(run.get(2));
        transcript.feed(run.get(3));
        assertThat(transcript.settled()).isFalse();
        transcript.feed(run.get(4));
        assertThat(transcript.settled()).isTrue();
        assertThat(transcript.end()).isInstanceOf(Complete.class);
    }

    @Test
    void noiseAloneIsNeverAccepted() {
        assertThat(read("exec failed\n\nCSF1 AAAA\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(new NeverAccepted(new Noise(1, 1, 0)));
    }

    @Test
    void aResultWithoutItsLastPieceIsIncomplete() {
        var run =
                new TestingSupervisor(KEY).accepted().stdout("hi").result("\"value\":\"" + "x".repeat(20_000) + "\",");
        run.frames().removeLast();

        assertThat(read(run.stream())).isEqualTo(new Incomplete(Bytes.ofUtf8("hi"), Bytes.EMPTY, Noise.NONE));
    }

    @Test
    void everyTruncationIsIncompleteOrNeverAccepted() {
        byte[] stream = TestingSupervisor.wholeRun().stream();
        for (int length = 0; length < stream.length; length++) {
            var verdict = read(Arrays.copyOf(stream, length));

            assertThat(verdict).isInstanceOfAny(NeverAccepted.class, Incomplete.class);
        }
    }

    @Test
    void aMissingFrameIsTamperedOrMissesTheEnd() {
        var run = TestingSupervisor.wholeRun().frames();
        for (int missing = 0; missing < run.size() - 1; missing++) {
            List<byte[]> rest = new ArrayList<>(run);
            rest.remove(missing);

            assertThat(tampered(TestingSupervisor.join(rest)).why().kind()).isEqualTo(Tampering.Kind.COUNTER_GAP);
        }
        run.removeLast();
        assertThat(read(TestingSupervisor.join(run))).isInstanceOf(Incomplete.class);
    }

    @Test
    void framesInAnotherOrderAreTampered() {
        var run = TestingSupervisor.wholeRun().frames();
        for (int first = 0; first < run.size() - 1; first++) {
            List<byte[]> swapped = new ArrayList<>(run);
            Collections.swap(swapped, first, first + 1);

            assertThat(tampered(TestingSupervisor.join(swapped)).why().kind()).isEqualTo(Tampering.Kind.COUNTER_GAP);
        }
    }

    @Test
    void aDamagedFrameIsTamperedWithWhatCameBefore() {
        var run = TestingSupervisor.wholeRun().frames();
        run.get(2)[30] ^= 1;

        var tampered = tampered(TestingSupervisor.join(run));

        assertThat(tampered.accepted()).isTrue();
        assertThat(tampered.stdout()).isEqualTo(Bytes.ofUtf8("hello"));
        assertThat(tampered.noise().forgedFrames()).isEqualTo(1);
    }

    @Test
    void replaysChangeNothing() {
        var run = TestingSupervisor.wholeRun().frames();
        List<byte[]> twice = new ArrayList<>();
        for (byte[] frame : run) {
            twice.add(frame);
            twice.add(run.getFirst());
            twice.add(frame);
        }

        var verdict = (Complete) read(TestingSupervisor.join(twice));

        assertThat(verdict.stdout()).isEqualTo(Bytes.ofUtf8("hello world"));
        assertThat(verdict.noise().replayedFrames()).isPositive();
    }

    @Test
    void nothingAfterTheResultCounts() {
        var run = TestingSupervisor.wholeRun();
        var before = read(run.stream());
        run.stdout("late").at(99).stdout("later");

        assertThat(read(run.stream())).isEqualTo(before);
        var transcript = new RunTranscript(KEY);
        run.frames().forEach(transcript::feed);
        assertThat(transcript.end()).isEqualTo(before);
    }

    @Test
    void nothingAfterAHoleCounts() {
        var run = TestingSupervisor.wholeRun().frames();
        var transcript = new RunTranscript(KEY);
        transcript.feed(run.get(0));
        transcript.feed(run.get(2));
        var before = transcript.end();
        run.forEach(transcript::feed);

        assertThat(before).isInstanceOf(Tampered.class);
        assertThat(transcript.end()).isEqualTo(before);
    }

    @Test
    void authenticFramesOutOfPlaceAreTampered() {
        assertViolates(new TestingSupervisor(KEY).stdout("before accepted"));
        assertViolates(new TestingSupervisor(KEY).result(""));
        assertViolates(new TestingSupervisor(KEY).accepted().accepted());
        assertViolates(
                new TestingSupervisor(KEY).accepted().frame(4, 0, new byte[1]).stdout("within the result"));
        assertViolates(
                new TestingSupervisor(KEY).accepted().frame(4, 0, new byte[1]).accepted());
    }

    @Test
    void anAcceptedFrameOfAnotherRunIsTampered() {
        for (String json : List.of(
                "{\"executionUid\":\"00000000-0000-0000-0000-000000000001\",\"attempt\":1,\"version\":1}",
                "{\"executionUid\":\"" + TestingSupervisor.UID + "\",\"attempt\":2,\"version\":1}",
                "{\"executionUid\":\"" + TestingSupervisor.UID + "\",\"attempt\":1,\"version\":2}",
                "{\"executionUid\":\"" + TestingSupervisor.UID + "\",\"attempt\":1}",
                "{\"executionUid\":\"" + TestingSupervisor.UID + "\",\"attempt\":1,\"version\":1,\"more\":1}",
                "[]",
                "",
                "{\"executionUid\"")) {
            var tampered = tampered(new TestingSupervisor(KEY).accepted(json).stream());

            assertThat(tampered.why().kind()).as(json).isEqualTo(Tampering.Kind.MALFORMED_PAYLOAD);
            assertThat(tampered.accepted()).isFalse();
        }
    }

    @Test
    void aResultOfOtherOutputIsTampered() {
        String ofOther = new TestingSupervisor(KEY).stdout("hallo").fittingResult("");
        String ofMore = new TestingSupervisor(KEY).stdout("hello!").fittingResult("");
        String ofStderr = new TestingSupervisor(KEY).stderr("hello").fittingResult("");
        String ofBoth =
                new TestingSupervisor(KEY).stdout("hello").stderr("hello").fittingResult("");
        for (String result : List.of(ofOther, ofMore, ofStderr, ofBoth)) {
            var run = new TestingSupervisor(KEY).accepted().stdout("hello").resultJson(result);

            assertThat(tampered(run.stream()).why().kind()).as(result).isEqualTo(Tampering.Kind.OUTPUT_MISMATCH);
        }
        String otherStderr =
                new TestingSupervisor(KEY).stdout("hello").stderr("ab").fittingResult("");
        var run = new TestingSupervisor(KEY)
                .accepted()
                .stdout("hello")
                .stderr("ba")
                .resultJson(otherStderr);
        assertThat(tampered(run.stream()).why().kind()).isEqualTo(Tampering.Kind.OUTPUT_MISMATCH);
    }

    @Test
    void aResultOfAnotherLengthIsTamperedEvenWithTheRightHash() {
        for (String field : List.of("stdoutBytes", "stderrBytes")) {
            var run = new TestingSupervisor(KEY).accepted().stdout("hello").stderr("world");
            run.resultJson(run.fittingResult("").replace("\"" + field + "\":5", "\"" + field + "\":6"));

            assertThat(tampered(run.stream()).why())
                    .isEqualTo(new Tampering(
                            Tampering.Kind.OUTPUT_MISMATCH,
                            "the result tells of %d and %d bytes of output, 5 and 5 came"
                                    .formatted(
                                            field.startsWith("stdout") ? 6 : 5, field.startsWith("stderr") ? 6 : 5)));
        }
    }

    @Test
    void moreThanEightMebibytesOfFramesIsTampered() {
        var run = new TestingSupervisor(KEY).accepted();
        int perFrame = run.stdout("x".repeat(9000)).frames().getLast().length;
        int fitting = ((8 << 20) - run.frames().getFirst().length) / perFrame;
        for (int i = 1; i < fitting; i++) {
            run.stdout("x".repeat(9000));
        }
        assertThat(read(run.stream())).isInstanceOf(Incomplete.class);
        run.stdout("x".repeat(9000));
        assertThat(tampered(run.stream()).why().kind()).isEqualTo(Tampering.Kind.RUN_TOO_LARGE);
    }

    private static void assertViolates(TestingSupervisor run) {
        assertThat(tampered(run.stream()).why().kind()).isEqualTo(Tampering.Kind.PROTOCOL_VIOLATION);
    }

    private static Complete complete(TestingSupervisor run) {
        var verdict = read(run.stream());
        assertThat(verdict).isInstanceOf(Complete.class);
        return (Complete) verdict;
    }

    private static Tampered tampered(byte[] stream) {
        var verdict = read(stream);
        assertThat(verdict).isInstanceOf(Tampered.class);
        return (Tampered) verdict;
    }

    private static TranscriptVerdict read(byte[] stream) {
        var transcript = new RunTranscript(KEY);
        transcript.feed(stream);
        return transcript.end();
    }
}
