package dev.countersign.audit;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right to write a log: an exclusive lock on a file beside it, which the kernel gives up when the process ends,
 * however it ends. Held on the node, so all who may write must run on one node.
 *
 * <p>The kernel drops a process's lock when <em>any</em> of its open files on the lock file is closed. So a process
 * opens a log at most once at a time; a second try in the same process is refused, but costs the first its lock.
 */
final class WriterLock implements AutoCloseable {

    private final FileChannel channel;
    private final Object fileKey;

    private WriterLock(FileChannel channel, Object fileKey) {
        this.channel = channel;
        this.fileKey = fileKey;
    }

    /** @throws AlreadyLockedException if another writer holds it */
    static WriterLock acquire(Path file) throws IOException {
        WriterLock lock = tryOnce(file);
        if (lock == null) {
            throw new AlreadyLockedException(file);
        }
        return lock;
    }

    /**
     * Waits, trying again at intervals, until the lock is free or the thread is interrupted. Each try opens the file
     * anew: one that was put in its place meanwhile is the one to lock.
     */
    static WriterLock await(Path file, Duration retryEvery) throws IOException, InterruptedException {
        try {
            while (true) {
                WriterLock lock = tryOnce(file);
                if (lock != null) {
                    return lock;
                }
                Thread.sleep(retryEvery);
            }
        } catch (ClosedByInterruptException e) {
            // Interrupted inside the call rather than in the sleep; the flag is still set.
            Thread.interrupted();
            throw new InterruptedException("interrupted while waiting for " + file);
        }
    }

    private static @Nullable WriterLock tryOnce(Path file) throws IOException {
        FileChannel channel = open(file);
        try {
            if (tryLock(channel)) {
                return new WriterLock(channel, keyOf(file));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** Whether the file at that path is the one that is locked. */
    boolean isOf(Path file) {
        try {
            return keyOf(file).equals(fileKey);
        } catch (IOException e) {
            return false;
        }
    }

    private static Object keyOf(Path file) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey(), "a file system without inodes");
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
