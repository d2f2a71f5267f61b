package dev.countersign.sandbox.wire;

/** The numbers of sandbox wire protocol v1. */
final class Protocol {
    /** Stands in every job, accepted frame and result. */
    static final int VERSION = 1;

    /** Largest job payload in bytes; the supervisor refuses more before it reads it. */
    static final int MAX_JOB_BYTES = 4 << 20;

    /** Longest line in bytes. Container runtimes split log lines at 16 KiB, and a split frame is a lost frame. */
    static final int MAX_LINE_BYTES = 12_288;

    /** Bytes on the wire of all frames of a run. The kubelet rotates a container's log at 10 MiB. */
    static final int MAX_RUN_BYTES = 8 << 20;

    /** Clear text bytes at the start of a frame, authenticated with it. */
    static final int HEADER_BYTES = 40;

    /** Bytes of the AES-GCM tag at the end of a frame. */
    static final int TAG_BYTES = 16;

    /** Bytes of a master key and of a run's key. */
    static final int KEY_BYTES = 32;

    private Protocol() {}
}
