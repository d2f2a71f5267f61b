package dev.countersign.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and order of the files of a log: segments, and the side files that torn bytes are moved to. */
final class LogDirectory {

    private static final Pattern SEGMENT = Pattern.compile("audit-([0-9]{6,9})\\.jsonl");
    private static final Pattern SIDE_FILE = Pattern.compile("torn-.*\\.bin");

    private final Path directory;

    LogDirectory(Path directory) {
        this.directory = directory;
    }

    Path segment(int number) {
        return directory.resolve("audit-%06d.jsonl".formatted(number));
    }

    Path lockFile() {
        return directory.resolve("writer.lock");
    }

    /** The numbers of the segments, ascending. */
    List<Integer> segments() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher matcher = SEGMENT.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    numbers.add(Integer.valueOf(matcher.group(1)));
                }
            }
        }
        Collections.sort(numbers);
        return numbers;
    }

    int sideFiles() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                count += SIDE_FILE.matcher(file.getFileName().toString()).matches() ? 1 : 0;
            }
        }
        return count;
    }

    /** A name nothing has yet, for bytes that began at {@code offset} of a segment. */
    Path unusedSideFile(Path segment, long offset) {
        String stem = "torn-" + segment.getFileName() + "-" + offset;
        Path file = directory.resolve(stem + ".bin");
        for (int again = 1; Files.exists(file); again++) {
            file = directory.resolve(stem + "-" + again + ".bin");
        }
        return file;
    }

    /** Makes the files' names, not their content, survive a crash of the machine. */
    void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** A segment that is full is never written again; this keeps a slip of the hand from doing it. */
    static void makeReadOnly(Path segment) throws IOException {
        Files.setPosixFilePermissions(segment, PosixFilePermissions.fromString("r--r-----"));
    }
}
