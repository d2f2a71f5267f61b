package dev.countersign.audit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of the segment that is being written. Knows how far the file is durable, and never builds on anything beyond
 * that point. Not for use by several threads.
 */
final class SegmentWriter implements AutoCloseable {

    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path path;
    private final ChannelOpener opener;
    private FileChannel channel;
    private @Nullable Object fileKey;
    private long durable;

    private SegmentWriter(Path path, ChannelOpener opener, long durable) throws IOException {
        this.path = path;
        this.opener = opener;
        this.durable = durable;
        this.channel = openChannel();
        this.fileKey = attributes().fileKey();
    }

    /** @param durable how many bytes are known to be whole records; more may follow, see {@link #tailBytes} */
    static SegmentWriter open(Path path, ChannelOpener opener, long durable) throws IOException {
        return new SegmentWriter(path, opener, durable);
    }

    private FileChannel openChannel() throws IOException {
        return opener.open(
                path, OPTIONS, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }

    Path path() {
        return path;
    }

    long durable() {
        return durable;
    }

    /** How many bytes follow the durable ones. */
    long tailBytes() throws IOException {
        return channel.size() - durable;
    }

    /** Writes all of the bytes and returns when they are durable. After an exception only {@link #reopen} helps. */
    void append(ByteBuffer bytes) throws IOException {
        requireUnchanged();
        long position = durable;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        channel.force(false);
        durable = position;
    }

    /** Reads durable bytes back. */
    byte[] read(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException(path + " ends before byte " + (from + length));
            }
        }
        return bytes.array();
    }

    /** Copies what follows the durable bytes. */
    void copyTailTo(FileChannel target) throws IOException {
        long end = channel.size();
        for (long position = durable; position < end; ) {
            position += channel.transferTo(position, end - position, target);
        }
    }

    /** Drops what follows the durable bytes. */
    void truncateTail() throws IOException {
        channel.truncate(durable);
        channel.force(true);
    }

    /** Opens the file anew, after a failure. Does not create it. */
    void reopen() throws IOException {
        close();
        BasicFileAttributes attributes = attributes();
        if (attributes.size() < durable) {
            throw new SegmentChangedException(path, "it has " + attributes.size() + " bytes, had " + durable);
        }
        channel = openChannel();
        fileKey = attributes.fileKey();
    }

    /** A write into a file that was removed, replaced or written by another would look like a success. */
    private void requireUnchanged() throws IOException {
        BasicFileAttributes attributes = attributes();
        if (attributes.size() != durable) {
            throw new SegmentChangedException(path, "it has " + attributes.size() + " bytes instead of " + durable);
        }
        if (!Objects.equals(fileKey, attributes.fileKey())) {
            throw new SegmentChangedException(path, "it is another file");
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
