package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.pod.SandboxPod;

/**
 * What waiting sandboxes may take.
 *
 * @param departmentBytes memory of a department's waiting sandboxes
 * @param totalBytes memory of all waiting sandboxes
 * @param overheadBytes memory that the RuntimeClass adds to each pod
 * @param mostAhead sandboxes of one key that demand alone can ask for
 */
public record PoolBounds(long departmentBytes, long totalBytes, long overheadBytes, int mostAhead) {
    /** Bytes that one waiting sandbox of this key takes. */
    long bytesOf(Key key) {
        return SandboxPod.memoryBytes(key.shape()) + overheadBytes;
    }
}
