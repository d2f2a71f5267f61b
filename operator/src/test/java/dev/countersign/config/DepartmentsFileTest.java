package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a directory laid out as the kubelet lays out a projected volume. */
@Timeout(60)
class DepartmentsFileTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String FINANCE = "version: 1\ndepartments: [{name: finance, namespace: finance}]\n";
    private static final String RESEARCH = "version: 1\ndepartments: [{name: research, namespace: research}]\n";

    @TempDir
    Path volume;

    private final List<Departments> changes = new CopyOnWriteArrayList<>();
    private final List<List<ConfigProblem>> refusals = new CopyOnWriteArrayList<>();
    private int version;
    private DepartmentsFile file;

    @BeforeEach
    void mount() throws IOException {
        publish(FINANCE);
        Files.createSymbolicLink(volume.resolve("departments"), Path.of("..data/departments"));
        file = open();
    }

    @AfterEach
    void close() {
        file.close();
    }

    private DepartmentsFile open() {
        return DepartmentsFile.open(
                volume.resolve("departments/departments.yaml"),
                "countersign-system",
                Duration.ofMillis(20),
                new DepartmentsFile.Listener() {
                    @Override
                    public void changed(Departments departments) {
                        changes.add(departments);
                    }

                    @Override
                    public void refused(List<ConfigProblem> problems) {
                        refusals.add(problems);
                    }
                });
    }

    /** A new directory, a new link, and the link put in place of the old one in one step. */
    private void publish(String text) throws IOException {
        Path next = Files.createDirectories(volume.resolve("..v" + ++version).resolve("departments"));
        Files.writeString(next.resolve("departments.yaml"), text);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..v" + version));
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> names() {
        return file.current().all().stream().map(Department::name).toList();
    }

    @Test
    void aNewVersionTakesEffect() throws IOException {
        assertThat(names()).containsExactly("finance");

        publish(RESEARCH);

        await().atMost(SOON).until(() -> names().equals(List.of("research")));
        await().atMost(SOON).until(() -> changes.size() == 1);
        assertThat(changes.getFirst()).isEqualTo(file.current());
        assertThat(file.problem()).isEmpty();
    }

    @Test
    void anInvalidVersionKeepsTheLastValidOneAndIsToldOnce() throws IOException {
        publish("version: 1\ndepartments: [{name: finance}]\n");

        await().atMost(SOON).until(() -> file.problem().isPresent());
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        assertThat(names()).containsExactly("finance");
        assertThat(file.problem().orElseThrow()).contains("departments[0].namespace: is missing");
        assertThat(refusals).hasSize(1);
        assertThat(changes).isEmpty();
    }

    @Test
    void theProblemIsOverWithTheNextValidVersion() throws IOException {
        publish("nonsense");
        await().atMost(SOON).until(() -> file.problem().isPresent());

        publish(FINANCE);

        await().atMost(SOON).until(() -> file.problem().isEmpty());
        // The departments are what they were: nobody needs to act.
        assertThat(changes).isEmpty();
        publish(RESEARCH);
        await().atMost(SOON).until(() -> changes.size() == 1);
    }

    @Test
    void aFileThatIsGoneIsAProblemUntilItIsBack() throws IOException {
        Path data = volume.resolve("..data");
        Path aside = volume.resolve("aside");
        Files.move(data, aside, StandardCopyOption.ATOMIC_MOVE);

        await().atMost(SOON).until(() -> file.problem().isPresent());
        assertThat(file.problem().orElseThrow()).contains("does not exist");
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        assertThat(refusals).hasSize(1);
        assertThat(names()).containsExactly("finance");

        Files.move(aside, data, StandardCopyOption.ATOMIC_MOVE);
        await().atMost(SOON).until(() -> file.problem().isEmpty());
    }

    @Test
    void theFirstVersionMustBeValid() throws IOException {
        publish("version: 1\n");

        assertThatThrownBy(this::open).isInstanceOf(InvalidConfigException.class);
    }
}
