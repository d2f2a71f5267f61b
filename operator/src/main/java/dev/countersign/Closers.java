package dev.countersign;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open, closed once, in the reverse order of its opening; one that fails to close does not keep the others. */
final class Closers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closers.class);

    private record Open(String name, AutoCloseable closeable) {}

    private final Deque<Open> open = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T opened(String name, T closeable) {
        open.push(new Open(name, closeable));
        return closeable;
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            Open next = open.pop();
            try {
                next.closeable().close();
            } catch (Exception e) {
                LOG.atWarn().addKeyValue("part", next.name()).setCause(e).log("not closed cleanly");
            }
        }
    }
}
