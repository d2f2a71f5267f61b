package dev.countersign.sandbox.wire;

/** What the frames of a run tell, once no more will come. */
public sealed interface TranscriptVerdict {
    /** What was ignored on the way. */
    Noise noise();

    /**
     * No accepted frame came. <b>Not</b> a proof that nothing ran: the frame may have been damaged, or the log rotated.
     * Only the supervisor's exit code 64 says that.
     */
    record NeverAccepted(Noise noise) implements TranscriptVerdict {}

    /** Every frame came, and the result fits the output. */
    record Complete(SandboxResult result, Bytes stdout, Bytes stderr, Noise noise) implements TranscriptVerdict {}

    /** The run was accepted and its result did not come, or not whole. The output is authentic, and a part. */
    record Incomplete(Bytes stdout, Bytes stderr, Noise noise) implements TranscriptVerdict {}

    /**
     * Frames were damaged, removed or are not what a supervisor sends.
     *
     * @param accepted whether an authentic accepted frame had come; false is no proof that nothing ran
     * @param stdout authentic output up to there, a part; after an {@code OUTPUT_MISMATCH} not to be trusted
     * @param stderr as {@code stdout}
     */
    record Tampered(Tampering why, boolean accepted, Bytes stdout, Bytes stderr, Noise noise)
            implements TranscriptVerdict {}
}
