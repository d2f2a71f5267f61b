package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.execution.OutputFile;
import dev.countersign.canonical.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputDirectoryTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../../x",
                "/x",
                "a//x",
                "./x",
                "a/.",
                "..",
                "x/",
                "C:x",
                "..\\x",
                "a\u001bx",
                "a\u202ex",
                "a\nb"
            })
    void namesThatLeadElsewhereAreRefused(String path) throws IOException {
        var into = new OutputDirectory(folder.resolve("in"), true);

        assertThat(into.write(file(path, "hello"))).isPresent();

        try (var all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void noLinkIsFollowed() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path secret = Files.writeString(outside.resolve("secret"), "old");
        Path inside = Files.createDirectory(folder.resolve("in"));
        Files.createSymbolicLink(inside.resolve("link"), outside);
        Files.createSymbolicLink(inside.resolve("file"), secret);

        assertThat(new OutputDirectory(inside, true).write(file("link/secret", "new")))
                .isPresent();
        assertThat(new OutputDirectory(inside, false).write(file("file", "new")))
                .isPresent();
        assertThat(new OutputDirectory(inside, true).write(file("file", "new"))).isEmpty();

        assertThat(secret).hasContent("old");
        assertThat(inside.resolve("file")).hasContent("new");
        assertThat(Files.isSymbolicLink(inside.resolve("file"))).isFalse();
    }

    @Test
    void nothingIsOverwrittenUnasked() throws IOException {
        Files.writeString(folder.resolve("a"), "old");

        assertThat(new OutputDirectory(folder, false).write(file("a", "new")))
                .hasValueSatisfying(why -> assertThat(why).contains("there already"));
        assertThat(folder.resolve("a")).hasContent("old");
        assertThat(new OutputDirectory(folder, true).write(file("a", "new"))).isEmpty();
        assertThat(folder.resolve("a")).hasContent("new");
    }

    @Test
    void contentThatIsNotWhatItsHashSaysIsNotWritten() {
        var into = new OutputDirectory(folder, false);
        OutputFile good = file("a", "hello");

        assertThat(into.write(new OutputFile("a", 5L, good.sha256(), base64("hallo"), null, null)))
                .isPresent();
        assertThat(into.write(new OutputFile("a", 4L, good.sha256(), base64("hello"), null, null)))
                .isPresent();
        assertThat(into.write(new OutputFile("a", 5L, null, base64("hello"), null, null)))
                .isPresent();
        assertThat(into.write(new OutputFile("a", 5L, good.sha256(), base64("hello"), true, null)))
                .isPresent();
        assertThat(into.write(new OutputFile("a", 5L, good.sha256(), base64("hello"), null, "a link")))
                .isPresent();
        assertThat(folder.resolve("a")).doesNotExist();
        assertThat(into.write(good)).isEmpty();
    }

    private static OutputFile file(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new OutputFile(
                path, (long) bytes.length, Digest.of(bytes).substring("sha256:".length()), base64(text), null, null);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
