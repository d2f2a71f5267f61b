package dev.countersign.audit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream into lines without copying them and with bounded memory. Only a newline byte ends a line; what follows
 * the last one is the tail.
 */
final class LineReader {

    static final String TOO_LONG = "is longer than any record";

    /** Large reads: a start reads the whole log. */
    private static final int BUFFER = 1 << 20;

    private final InputStream input;
    private final int longest;
    private final byte[] buffer;
    private int start;
    private int end;

    /** @param longest a line longer than this is refused with {@link LineTooLongException}; a tail may be longer */
    LineReader(InputStream input, int longest) {
        this.input = input;
        this.longest = longest;
        this.buffer = new byte[Math.max(longest + 1, BUFFER)];
    }

    /** Takes one line. The bytes are valid during the call only. */
    interface LineConsumer {
        void accept(byte[] bytes, int offset, int length) throws IOException;
    }

    /**
     * Reads to the end.
     *
     * @return the tail, of a long one the beginning, which is then longer than the longest line; empty if there is none
     */
    byte[] readAll(LineConsumer consumer) throws IOException {
        int scanned = 0;
        while (true) {
            int newline = indexOfNewline(start + scanned);
            if (newline >= 0) {
                if (newline - start > longest) {
                    throw new LineTooLongException();
                }
                consumer.accept(buffer, start, newline - start);
                start = newline + 1;
                scanned = 0;
                continue;
            }
            scanned = end - start;
            if (scanned > longest) {
                byte[] tail = Arrays.copyOfRange(buffer, start, start + longest + 1);
                expectNoMoreLines();
                return tail;
            }
            if (!fill()) {
                return Arrays.copyOfRange(buffer, start, end);
            }
        }
    }

    private boolean fill() throws IOException {
        if (end == buffer.length) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        int read = input.read(buffer, end, buffer.length - end);
        end += Math.max(read, 0);
        return read >= 0;
    }

    private int indexOfNewline(int from) {
        for (int i = from; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Too long for a line, but fine for a tail: a power loss may leave any length of zeros. */
    private void expectNoMoreLines() throws IOException {
        start = 0;
        for (end = 0; fill(); end = 0) {
            if (indexOfNewline(0) >= 0) {
                throw new LineTooLongException();
            }
        }
    }

    /** A line is longer than any record can be. */
    static final class LineTooLongException extends IOException {
        LineTooLongException() {
            super(TOO_LONG);
        }
    }
}
