package dev.countersign.audit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Appends on their way to the writer, bounded and in order. Once closed it takes nothing in and still gives out. */
final class AppendQueue {

    private final int capacity;
    private final int batch;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock, both.
    private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
    private boolean closed;

    /**
     * An empty queue.
     *
     * @param batch most appends given out at once
     */
    AppendQueue(int capacity, int batch) {
        this.capacity = capacity;
        this.batch = batch;
    }

    /** @return false if the queue is full or closed */
    boolean offer(PendingAppend append) {
        lock.lock();
        try {
            if (closed || waiting.size() >= capacity) {
                return false;
            }
            waiting.add(append);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next appends to write together. None of them depends on an earlier one: whether an event may be written depends
     * on what is in the log about its object and about the approvals it rests on, and that is known only when the earlier
     * one is durable.
     *
     * @return empty if none came in time, or none will come any more
     */
    List<PendingAppend> next(Duration timeout) {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (waiting.isEmpty() && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt the log's own thread, and a flag kept set would close its file.
            return List.of();
        } finally {
            lock.unlock();
        }
        return nextWaiting();
    }

    private List<PendingAppend> nextWaiting() {
        lock.lock();
        try {
            List<PendingAppend> next = new ArrayList<>();
            Set<Object> changed = new HashSet<>();
            for (var first = waiting.peek();
                    first != null && next.size() < batch && !first.dependsOn(changed);
                    first = waiting.peek()) {
                changed.addAll(first.changes());
                next.add(waiting.remove());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the queue is closed and everything was given out. */
    boolean drained() {
        lock.lock();
        try {
            return closed && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
