package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.util.HashMap;
import java.util.Map;

/** Memory of sandboxes that wait, against its bounds. For one plan. */
final class Memory {
    private final PoolBounds bounds;
    private final Map<String, Long> byDepartment = new HashMap<>();
    private long total;

    Memory(PoolBounds bounds) {
        this.bounds = bounds;
    }

    /** Takes room for one; false: there is none. */
    boolean take(Key key) {
        long bytes = bounds.bytesOf(key);
        if (department(key) + bytes > bounds.departmentBytes() || total + bytes > bounds.totalBytes()) {
            return false;
        }
        count(key);
        return true;
    }

    /** Counts one that is there, room or not. */
    void count(Key key) {
        byDepartment.put(key.department(), department(key) + bounds.bytesOf(key));
        total += bounds.bytesOf(key);
    }

    private long department(Key key) {
        return byDepartment.getOrDefault(key.department(), 0L);
    }
}
