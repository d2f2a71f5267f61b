package dev.countersign.sandbox.wire;

/**
 * A file that the code finds below {@code /work/files}.
 *
 * @param path relative to that folder, {@code /} between segments; the supervisor refuses a job whose path
 *     leaves it
 */
public record InputFile(String path, Bytes content) {}
