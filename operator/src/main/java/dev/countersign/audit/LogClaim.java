package dev.countersign.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The right to write a log, before it is opened. Holding it proves that whoever wrote before is gone: the kernel gives
 * it up for a process that has ended, and for no other, a stopped one included.
 */
public final class LogClaim implements AutoCloseable {
    private final Path directory;
    private final WriterLock lock;

    private LogClaim(Path directory, WriterLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** @throws AlreadyLockedException if another writer holds the log */
    static LogClaim take(Path directory) {
        try {
            return new LogClaim(directory, WriterLock.acquire(new LogDirectory(directory).lockFile()));
        } catch (IOException e) {
            throw FileAuditLog.unavailable(e);
        }
    }

    /**
     * Waits while another writer holds the log: what a standby does. Interrupt the thread to give up.
     *
     * @param directory of the log; made if it does not exist
     * @param retryEvery time between two tries
     * @throws AuditUnavailableException if the lock's file cannot be made or read
     */
    public static LogClaim await(Path directory, Duration retryEvery) throws InterruptedException {
        try {
            return new LogClaim(directory, WriterLock.await(new LogDirectory(directory).lockFile(), retryEvery));
        } catch (IOException e) {
            throw FileAuditLog.unavailable(e);
        }
    }

    /**
     * Whether the file that is locked is still the one that others would try. It is not where the directory was put in
     * another's place, by a restored backup or a volume mounted anew: then this claim proves nothing any more.
     */
    public boolean isOfTheLogThere() {
        return lock.isOf(new LogDirectory(directory).lockFile());
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw FileAuditLog.unavailable(e);
        }
    }
}
