package dev.countersign.crds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The CRDs as committed: what users install. */
final class CommittedCrds {

    /** Surefire and Failsafe start tests in the folder of the module. */
    static final Path FOLDER = Path.of("generated");

    private CommittedCrds() {}

    /** YAML by file name. */
    static SortedMap<String, String> yamlByFileName() {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> listing = Files.list(FOLDER)) {
            for (Path file : listing.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
