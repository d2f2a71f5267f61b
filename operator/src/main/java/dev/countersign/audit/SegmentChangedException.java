package dev.countersign.audit;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody else changed a segment while this process wrote it. What it holds is not known any more. */
final class SegmentChangedException extends IOException {

    SegmentChangedException(Path segment, String how) {
        super(segment + " was changed by somebody else: " + how);
    }
}
