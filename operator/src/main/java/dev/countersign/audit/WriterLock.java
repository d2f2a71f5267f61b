package dev.countersign.audit;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The right to write a log: an exclusive lock on a file beside it, which the kernel gives up when the process ends,
 * however it ends. Held on the node, so all who may write must run on one node.
 *
 * <p>The kernel drops a process's lock when <em>any</em> of its open files on the lock file is closed. So a process
 * opens a log at most once at a time; a second try in the same process is refused, but costs the first its lock.
 */
final class WriterLock implements AutoCloseable {

    private final FileChannel channel;

    private WriterLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws AlreadyLockedException if another writer holds it */
    static WriterLock acquire(Path file) throws IOException {
        FileChannel channel = open(file);
        try {
            if (tryLock(channel)) {
                return new WriterLock(channel);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new AlreadyLockedException(file);
    }

    /** Waits, trying again at intervals, until the lock is free or the thread is interrupted. */
    static WriterLock await(Path file, Duration retryEvery) throws IOException, InterruptedException {
        FileChannel channel = open(file);
        try {
            while (!tryLock(channel)) {
                Thread.sleep(retryEvery);
            }
            return new WriterLock(channel);
        } catch (ClosedByInterruptException e) {
            // Interrupted inside the call rather than in the sleep; the flag is still set.
            Thread.interrupted();
            throw new InterruptedException("interrupted while waiting for " + file);
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
