package dev.countersign.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessFinderTest {
    @TempDir
    Path folder;

    private static final String CONFIG = """
            apiVersion: v1
            kind: Config
            current-context: work
            contexts:
              - {name: work, context: {cluster: it, user: me, namespace: finance}}
              - {name: bare, context: {cluster: it, user: nobody}}
              - {name: plugin, context: {cluster: it, user: plugin}}
              - {name: file, context: {cluster: it, user: file}}
            clusters:
              - {name: it, cluster: {server: "https://api.example:6443"}}
            users:
              - {name: me, user: {token: secret-1}}
              - {name: file, user: {tokenFile: tokens/mine}}
              - name: plugin
                user:
                  exec:
                    apiVersion: client.authentication.k8s.io/v1
                    command: ./login
                    args: [now]
                    env: [{name: WHO, value: tom}]
                    provideClusterInfo: true
                    interactiveMode: IfAvailable
            """;

    @Test
    void takesServerNamespaceAndTokenOfTheCurrentContext() throws IOException {
        Access access = find(choice(null, null), CONFIG);

        assertThat(access.server()).hasToString("https://api.example:6443");
        assertThat(access.namespace()).isEqualTo("finance");
        assertThat(access.headers()).isEqualTo(Map.of("Authorization", List.of("Bearer secret-1")));
    }

    @Test
    void theCommandLineOutweighsTheFile() throws IOException {
        assertThat(find(choice("bare", null), CONFIG).namespace()).isEqualTo("default");
        assertThat(find(choice("bare", null), CONFIG).headers()).isEmpty();
        assertThat(find(choice(null, "research"), CONFIG).namespace()).isEqualTo("research");
    }

    @Test
    void impersonatesAsKubectlDoes() throws IOException {
        var choice = new Choice(write(CONFIG).toString(), null, null, "alice", List.of("a", "b"), "7", false);

        assertThat(new AccessFinder(choice, Map.of()).find().headers())
                .containsEntry("Impersonate-User", List.of("alice"))
                .containsEntry("Impersonate-Group", List.of("a", "b"))
                .containsEntry("Impersonate-Uid", List.of("7"));
    }

    @Test
    void aTokenFileIsFoundBesideItsKubeconfig() throws IOException {
        Files.createDirectories(folder.resolve("tokens"));
        Files.writeString(folder.resolve("tokens/mine"), "from-file\n");

        assertThat(find(choice("file", null), CONFIG).headers())
                .containsEntry("Authorization", List.of("Bearer from-file"));
    }

    @Test
    void ofSeveralFilesTheFirstEntryOfANameCounts() throws IOException {
        Path first = Files.writeString(folder.resolve("first"), "users: [{name: me, user: {token: other}}]\n");
        Path second = write(CONFIG);
        var environment = Map.of("KUBECONFIG", first + ":" + folder.resolve("missing") + ":" + second);
        var choice = new Choice(null, null, null, null, List.of(), null, false);

        Access access = new AccessFinder(choice, environment).find();

        assertThat(access.namespace()).isEqualTo("finance");
        assertThat(access.headers()).containsEntry("Authorization", List.of("Bearer other"));
    }

    @Test
    void aCredentialPluginIsAskedWithItsArgumentsAndEnvironment() throws IOException {
        plugin("""
                #!/bin/sh
                case "$KUBERNETES_EXEC_INFO" in *'"server":"https://api.example:6443"'*) ;; *) exit 9 ;; esac
                printf '{"kind":"ExecCredential","status":{"token":"%s-%s"}}' "$WHO" "$1"
                """);

        assertThat(find(choice("plugin", null), CONFIG).headers())
                .containsEntry("Authorization", List.of("Bearer tom-now"));
    }

    @Test
    void aCredentialPluginThatFailsIsNamed() throws IOException {
        plugin("#!/bin/sh\nexit 3\n");

        assertThatThrownBy(() -> find(choice("plugin", null), CONFIG))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("credential plugin ./login ended with exit code 3");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> find(choice("other", null), CONFIG))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("has no context other");
        assertThatThrownBy(() -> find(choice(null, null), "contexts: []\n"))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("has no current-context");
        assertThatThrownBy(() -> find(choice(null, null), "users: [{token: top-secret\n"))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("top-secret");
        var nothing = new Choice(null, null, null, null, List.of(), null, false);
        assertThatThrownBy(() -> new AccessFinder(nothing, Map.of("HOME", folder.toString())).find())
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("there is no kubeconfig");
    }

    private void plugin(String script) throws IOException {
        Path path = Files.writeString(folder.resolve("login"), script);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    private Access find(Choice choice, String config) throws IOException {
        write(config);
        return new AccessFinder(choice, Map.of()).find();
    }

    private Choice choice(@Nullable String context, @Nullable String namespace) {
        return new Choice(folder.resolve("config").toString(), context, namespace, null, List.of(), null, false);
    }

    private Path write(String config) throws IOException {
        return Files.writeString(folder.resolve("config"), config);
    }
}
