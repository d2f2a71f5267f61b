package dev.countersign.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A file of this node that nobody can write to, not even who has it open, until this is closed. */
public final class Sealed implements AutoCloseable {
    private final Path file;

    private Sealed(Path file) {
        this.file = file;
    }

    public static Sealed of(Path file) {
        change("+i", file);
        return new Sealed(file);
    }

    @Override
    public void close() {
        change("-i", file);
    }

    private static void change(String attribute, Path file) {
        try {
            Process process = new ProcessBuilder("chattr", attribute, file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError("chattr " + attribute + " " + file
                        + " (it needs root and a file system that knows immutable files): " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
