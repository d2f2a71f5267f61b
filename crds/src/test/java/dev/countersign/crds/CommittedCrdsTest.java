package dev.countersign.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The committed CRDs are what the types say. With {@code -Dcrds.refresh=true} the committed files are written anew
 * instead; a test would not notice, so the change shows in the diff of the commit.
 */
class CommittedCrdsTest {

    private static final String REFRESH = "build/mvn -q -pl crds test -Dtest=CommittedCrdsTest -Dcrds.refresh=true";

    @Test
    void committedFilesAreWhatTheTypesSay() throws IOException {
        Map<String, String> generated = GeneratedCrds.yamlByFileName();
        if (Boolean.getBoolean("crds.refresh")) {
            for (Map.Entry<String, String> file : generated.entrySet()) {
                Files.writeString(CommittedCrds.FOLDER.resolve(file.getKey()), file.getValue());
            }
        }

        Map<String, String> committed = CommittedCrds.yamlByFileName();

        assertThat(committed.keySet())
                .as("files in crds/generated; refresh with: %s", REFRESH)
                .isEqualTo(generated.keySet());
        generated.forEach((name, yaml) -> assertThat(committed.get(name))
                .as("crds/generated/%s is not what the types say; refresh with: %s", name, REFRESH)
                .isEqualTo(yaml));
    }
}
