package dev.countersign.guard;

import dev.countersign.guard.check.ExpectedPolicies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The chart's admission policies, as they were when this operator was built: they are in its jar. */
public final class PackedPolicies {

    private static final String FOLDER = "admission";

    private PackedPolicies() {}

    /** @throws IllegalStateException if the jar holds none */
    public static ExpectedPolicies in(String operatorNamespace) {
        URL folder = PackedPolicies.class.getResource("/" + FOLDER);
        if (folder == null) {
            throw new IllegalStateException("this build of the operator holds no admission policies");
        }
        try {
            return ExpectedPolicies.of(manifests(folder), operatorNamespace);
        } catch (IOException e) {
            throw new UncheckedIOException("the operator's own jar cannot be read", e);
        }
    }

    static List<String> manifests(URL folder) throws IOException {
        if (folder.openConnection() instanceof JarURLConnection connection) {
            connection.setUseCaches(false);
            try (JarFile jar = connection.getJarFile()) {
                return manifests(jar);
            }
        }
        try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
            List<String> manifests = new ArrayList<>();
            for (Path file :
                    files.filter(each -> isManifest(each.toString())).sorted().toList()) {
                manifests.add(Files.readString(file));
            }
            return manifests;
        }
    }

    private static List<String> manifests(JarFile jar) throws IOException {
        List<String> manifests = new ArrayList<>();
        for (var entry : jar.stream()
                .filter(each -> each.getName().startsWith(FOLDER + "/") && isManifest(each.getName()))
                .toList()) {
            try (InputStream input = jar.getInputStream(entry)) {
                manifests.add(new String(input.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return manifests;
    }

    private static boolean isManifest(String name) {
        return name.endsWith(".yaml");
    }
}
