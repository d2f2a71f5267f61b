package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Outputs as they were looked at and found right; {@code -Dgolden.refresh=true} writes them anew. */
public final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private Golden() {}

    public static void assertSame(String name, String output) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("golden.refresh")) {
            Files.writeString(file, output);
        }
        assertThat(output).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }
}
