package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    private static final int LONGEST = 100;

    private final List<String> lines = new ArrayList<>();

    private String read(String text, int longest) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        byte[] tail = new LineReader(inPieces(bytes), longest)
                .readAll((buffer, offset, length) ->
                        lines.add(new String(buffer, offset, length, StandardCharsets.US_ASCII)));
        return new String(tail, StandardCharsets.US_ASCII);
    }

    /** A stream that gives what it likes, as streams do. */
    private static InputStream inPieces(byte[] bytes) {
        Random random = new Random(1);
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(70_000)));
            }
        };
    }

    @Test
    void linesComeOneByOneAndTheRestIsTheTail() throws IOException {
        assertThat(read("a\n\nbc\nd", LONGEST)).isEqualTo("d");
        assertThat(lines).containsExactly("a", "", "bc");
    }

    @Test
    void nothingIsNoLineAndNoTail() throws IOException {
        assertThat(read("", LONGEST)).isEmpty();
        assertThat(lines).isEmpty();
    }

    @Test
    void aLineMayBeAsLongAsTheLongest() throws IOException {
        assertThat(read("x".repeat(LONGEST) + "\n", LONGEST)).isEmpty();
        assertThat(lines).containsExactly("x".repeat(LONGEST));
    }

    @Test
    void oneByteMoreIsTooLong() {
        assertThatThrownBy(() -> read("x".repeat(LONGEST + 1) + "\n", LONGEST))
                .isInstanceOf(LineReader.LineTooLongException.class);
        assertThatThrownBy(() -> read("x".repeat(5 << 20) + "\n", LONGEST))
                .isInstanceOf(LineReader.LineTooLongException.class);
    }

    @Test
    void aTailMayBeLongerAndIsCutToTellThat() throws IOException {
        assertThat(read("a\n" + "x".repeat(5 << 20), LONGEST)).isEqualTo("x".repeat(LONGEST + 1));
        assertThat(lines).containsExactly("a");
    }

    /** Many times the buffer, with lines of all lengths across its edges. */
    @Test
    void noLineIsLostOrMixedAtTheEdgesOfTheBuffer() throws IOException {
        Random random = new Random(7);
        List<String> written = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 6 << 20; i++) {
            String line = i + ":" + "y".repeat(random.nextInt(60_000));
            written.add(line);
            text.append(line).append('\n');
        }

        assertThat(read(text + "tail", 64 << 10)).isEqualTo("tail");
        assertThat(lines).isEqualTo(written);
    }
}
