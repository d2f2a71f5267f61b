package dev.countersign.cli.kube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The caller's kubeconfig, found and merged as kubectl does it: {@code --kubeconfig}, else the files of {@code
 * KUBECONFIG} (of two entries with one name the first counts), else {@code ~/.kube/config}, else the service account of
 * the pod that this runs in.
 */
final class KubeConfig {
    private static final int MOST_CHARACTERS = 10 << 20;
    static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** A named entry and the folder that its relative paths start from. */
    record Entry(YamlMap values, Path folder) {
        static final Entry NONE = new Entry(YamlMap.EMPTY, Path.of("."));

        /** The file that this key names. */
        Optional<Path> file(String key) {
            return values.text(key).map(folder::resolve);
        }
    }

    private record Document(YamlMap values, Path folder) {}

    private final List<Document> documents;
    private final String where;

    private KubeConfig(List<Document> documents, String where) {
        this.documents = documents;
        this.where = where;
    }

    /** Reads the files; {@code environment} is the process's. */
    static KubeConfig read(@Nullable String option, Map<String, String> environment) {
        List<Path> paths = paths(option, environment);
        List<Document> documents = new ArrayList<>();
        for (Path path : paths) {
            if (Files.exists(path)) {
                documents.add(document(path));
            } else if (option != null) {
                throw Trouble.refused("--kubeconfig: there is no file " + path, "give the path of a kubeconfig");
            }
        }
        return new KubeConfig(
                documents, String.join(", ", paths.stream().map(Path::toString).toList()));
    }

    /** Where it was looked for, for messages. */
    String where() {
        return where;
    }

    boolean isEmpty() {
        return documents.isEmpty();
    }

    Optional<String> currentContext() {
        return documents.stream()
                .flatMap(each -> each.values().text("current-context").stream())
                .findFirst();
    }

    Optional<Entry> context(String name) {
        return named("contexts", "context", name);
    }

    Optional<Entry> cluster(String name) {
        return named("clusters", "cluster", name);
    }

    Optional<Entry> user(String name) {
        return named("users", "user", name);
    }

    private Optional<Entry> named(String list, String kind, String name) {
        for (Document document : documents) {
            for (YamlMap each : document.values().maps(list)) {
                if (each.text("name").orElse("").equals(name)) {
                    return Optional.of(new Entry(each.map(kind), document.folder()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> paths(@Nullable String option, Map<String, String> environment) {
        if (option != null) {
            return List.of(Path.of(option));
        }
        String listed = environment.getOrDefault("KUBECONFIG", "");
        if (!listed.isBlank()) {
            return List.of(listed.split(java.io.File.pathSeparator)).stream()
                    .filter(each -> !each.isBlank())
                    .map(Path::of)
                    .toList();
        }
        return List.of(Path.of(environment.getOrDefault("HOME", "."), ".kube", "config"));
    }

    private static Document document(Path path) {
        try {
            var options = new LoaderOptions();
            options.setCodePointLimit(MOST_CHARACTERS);
            Object loaded = new Yaml(new SafeConstructor(options)).load(Files.readString(path));
            Path folder = path.toAbsolutePath().getParent();
            return new Document(
                    loaded == null ? YamlMap.EMPTY : YamlMap.of(loaded), folder == null ? Path.of("/") : folder);
        } catch (IOException | YAMLException e) {
            // The parser quotes what it did not understand, which may be a secret: only that it failed is told.
            throw Trouble.refused("kubeconfig " + path + " cannot be read", "check it with: kubectl config view")
                    .because(e);
        }
    }
}
