package dev.countersign.sandbox.wire;

/**
 * One authentic frame, opened.
 *
 * @param last only on {@link FrameType#RESULT}: no piece follows
 * @param counter the frame's place in its run, from 0
 * @param wireBytes length of its line, both newlines included
 */
public record Frame(FrameType type, boolean last, long counter, Bytes payload, int wireBytes) {}
