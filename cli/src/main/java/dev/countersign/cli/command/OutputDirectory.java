package dev.countersign.cli.command;

import dev.countersign.api.execution.OutputFile;
import dev.countersign.canonical.Digest;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.text.Visible;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Optional;

/**
 * A directory to write a run's files into, and nowhere else: names come from code that nobody trusts.
 *
 * <p>No link is followed below the directory, whoever made it, and a file appears under its name only whole.
 */
final class OutputDirectory {
    private final Path directory;
    private final boolean force;

    OutputDirectory(Path directory, boolean force) {
        this.force = force;
        try {
            this.directory = Files.createDirectories(directory).toRealPath();
        } catch (IOException e) {
            throw Trouble.refused("-o: " + directory + " cannot be made or is no directory", "choose another directory")
                    .because(e);
        }
    }

    /** Whether all of the file's content stands in the status. */
    static boolean isWhole(OutputFile file) {
        return file.refused() == null && !Boolean.TRUE.equals(file.truncated()) && file.sha256() != null;
    }

    /** Writes it, or says why not. */
    Optional<String> write(OutputFile file) {
        if (!isWhole(file)) {
            return Optional.of(
                    file.refused() != null
                            ? "it was not taken from the sandbox: " + file.refused()
                            : "it does not fit into the Execution's status, so it is not all there");
        }
        var visible = new Visible(false);
        String path = file.path();
        if (!visible.line(path).equals(path) || path.contains("\\") || path.contains(":")) {
            return Optional.of("its name has characters that file names should not have");
        }
        byte[] content = Base64.getDecoder().decode(file.contentBase64() == null ? "" : file.contentBase64());
        if (!Digest.of(content).equals("sha256:" + file.sha256())
                || file.size() != null && file.size() != content.length) {
            return Optional.of("its content is not what its SHA-256 and size say");
        }
        return put(path, content);
    }

    private Optional<String> put(String name, byte[] content) {
        Path folder = directory;
        String[] parts = name.split("/", -1);
        try {
            for (int i = 0; i < parts.length; i++) {
                String part = parts[i];
                if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                    return Optional.of("its name would lead out of the directory");
                }
                if (i < parts.length - 1) {
                    folder = folder.resolve(part);
                    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                        // Fails on a link too, whatever it points to.
                        Files.createDirectory(folder);
                    }
                }
            }
            Path target = folder.resolve(parts[parts.length - 1]);
            if (force && !Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(target);
            }
            Files.write(target, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return Optional.empty();
        } catch (FileAlreadyExistsException e) {
            return Optional.of("something of that name is there already (--force overwrites files)");
        } catch (IOException e) {
            return Optional.of("it cannot be written: " + e.getClass().getSimpleName());
        }
    }
}
