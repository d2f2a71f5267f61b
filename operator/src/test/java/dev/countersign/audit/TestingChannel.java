package dev.countersign.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** A real file whose writes and syncs a test can watch, hold up or make fail. */
final class TestingChannel extends FileChannel {

    /** What a test does to the channels a log opens. Called before the real operation. */
    interface Faults {
        /** @return how many of the bytes the file takes */
        default int takes(int bytes) throws IOException {
            return bytes;
        }

        default void beforeForce() throws IOException {}

        default void afterForce() {}
    }

    private final FileChannel file;
    private final Faults faults;

    private TestingChannel(FileChannel file, Faults faults) {
        this.file = file;
        this.faults = faults;
    }

    static ChannelOpener opener(Faults faults) {
        return (Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) ->
                new TestingChannel(FileChannel.open(path, options, attributes), faults);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        int taken = faults.takes(source.remaining());
        int written = file.write(source.slice(source.position(), taken), position);
        source.position(source.position() + written);
        return written;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        faults.beforeForce();
        file.force(metaData);
        faults.afterForce();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }

    @Override
    public int read(ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
