package dev.countersign.sandbox.wire;

/**
 * What was ignored on the stream. Nothing here changes a verdict by itself: code may write to the supervisor's stdout
 * as it likes. Worth a metric, since an honest run has none of it.
 *
 * @param garbageLines lines that do not claim to be frames, or are too long for one
 * @param forgedFrames lines that claim to be frames and do not open under the run's key
 * @param replayedFrames authentic frames that had come before
 */
public record Noise(long garbageLines, long forgedFrames, long replayedFrames) {
    /** A clean stream. */
    public static final Noise NONE = new Noise(0, 0, 0);
}
