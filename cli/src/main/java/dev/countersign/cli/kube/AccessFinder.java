package dev.countersign.cli.kube;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From the caller's kubeconfig and choice to an {@link Access}. */
final class AccessFinder {
    private final Choice choice;
    private final Map<String, String> environment;

    AccessFinder(Choice choice, Map<String, String> environment) {
        this.choice = choice;
        this.environment = environment;
    }

    Access find() {
        KubeConfig config = KubeConfig.read(choice.kubeconfig(), environment);
        if (config.isEmpty()) {
            return inCluster(config);
        }
        String name = Optional.ofNullable(choice.context())
                .or(config::currentContext)
                .orElseThrow(() -> Trouble.refused(
                        "kubeconfig " + config.where() + " has no current-context",
                        "choose one: --context NAME (see kubectl config get-contexts)"));
        KubeConfig.Entry context = config.context(name)
                .orElseThrow(() -> Trouble.refused(
                        "kubeconfig " + config.where() + " has no context " + name, "see kubectl config get-contexts"));
        KubeConfig.Entry cluster = context.values()
                .text("cluster")
                .flatMap(config::cluster)
                .orElseThrow(() -> Trouble.refused(
                        "context " + name + " names no cluster that the kubeconfig has",
                        "check it with: kubectl config view"));
        KubeConfig.Entry user =
                context.values().text("user").flatMap(config::user).orElse(KubeConfig.Entry.NONE);
        return access(context, cluster, user);
    }

    private Access access(KubeConfig.Entry context, KubeConfig.Entry cluster, KubeConfig.Entry user) {
        YamlMap its = cluster.values();
        String server = its.text("server")
                .orElseThrow(() -> Trouble.refused(
                        "the kubeconfig's cluster has no server", "check it with: kubectl config view"));
        var headers = new LinkedHashMap<String, List<String>>();
        byte[] certificate = data(user, "client-certificate").orElse(null);
        byte[] key = data(user, "client-key").orElse(null);
        Optional<String> token = token(user);
        if (token.isEmpty() && certificate == null && user.values().map("exec") != YamlMap.EMPTY) {
            var credential = new ExecPlugin(user, cluster, choice.interactive()).credential();
            token = Optional.ofNullable(credential.token());
            certificate = credential.certificate();
            key = credential.key();
        } else if (token.isEmpty() && certificate == null && user.values().map("auth-provider") != YamlMap.EMPTY) {
            throw Trouble.refused(
                    "the kubeconfig's user has an auth-provider, which this plugin does not know",
                    "use a credential plugin (exec) instead, as current kubectl versions do");
        }
        authorization(token, user.values()).ifPresent(value -> headers.put("Authorization", List.of(value)));
        impersonation(user.values(), headers);
        List<X509Certificate> chain = certificate == null ? List.of() : certificates(certificate, "client-certificate");
        return new Access(
                URI.create(server),
                namespace(context.values().text("namespace")),
                data(cluster, "certificate-authority")
                        .map(pem -> certificates(pem, "certificate-authority"))
                        .orElse(null),
                its.isTrue("insecure-skip-tls-verify"),
                its.text("tls-server-name").orElse(null),
                its.text("proxy-url").map(URI::create).orElse(null),
                headers,
                chain,
                chain.isEmpty() || key == null ? null : privateKey(key));
    }

    private Access inCluster(KubeConfig config) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        Path folder = KubeConfig.SERVICE_ACCOUNT;
        if (host == null || !Files.exists(folder.resolve("token"))) {
            throw Trouble.refused(
                    "there is no kubeconfig: looked for " + config.where(), "set KUBECONFIG or give --kubeconfig FILE");
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        var headers = new LinkedHashMap<String, List<String>>();
        headers.put("Authorization", List.of("Bearer " + text(folder.resolve("token"))));
        impersonation(YamlMap.EMPTY, headers);
        return new Access(
                URI.create("https://" + address + ":" + environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443")),
                namespace(Optional.of(text(folder.resolve("namespace")))),
                certificates(bytes(folder.resolve("ca.crt")), "ca.crt"),
                false,
                null,
                null,
                headers,
                List.of(),
                null);
    }

    private String namespace(Optional<String> ofContext) {
        return Optional.ofNullable(choice.namespace()).or(() -> ofContext).orElse("default");
    }

    private static Optional<String> token(KubeConfig.Entry user) {
        return user.file("tokenFile").map(AccessFinder::text).or(() -> user.values()
                .text("token"));
    }

    private static Optional<String> authorization(Optional<String> token, YamlMap user) {
        return token.map(each -> "Bearer " + each).or(() -> user.text("username")
                .map(name -> "Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        (name + ":" + user.text("password").orElse(""))
                                                .getBytes(StandardCharsets.UTF_8))));
    }

    private void impersonation(YamlMap user, Map<String, List<String>> headers) {
        boolean chosen = choice.as() != null;
        Optional.ofNullable(choice.as())
                .or(() -> user.text("as"))
                .ifPresent(name -> headers.put("Impersonate-User", List.of(name)));
        List<String> groups = new ArrayList<>(choice.asGroups());
        if (groups.isEmpty() && !chosen) {
            groups.addAll(user.texts("as-groups"));
        }
        if (!groups.isEmpty()) {
            headers.put("Impersonate-Group", List.copyOf(groups));
        }
        Optional.ofNullable(choice.asUid())
                .or(() -> chosen ? Optional.empty() : user.text("as-uid"))
                .ifPresent(uid -> headers.put("Impersonate-Uid", List.of(uid)));
    }

    /** The bytes of {@code NAME-data}, else of the file that {@code NAME} names. */
    static Optional<byte[]> data(KubeConfig.Entry entry, String name) {
        return entry.values()
                .text(name + "-data")
                .map(text -> decoded(text, name))
                .or(() -> entry.file(name).map(AccessFinder::bytes));
    }

    private static byte[] decoded(String text, String name) {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw Trouble.refused("kubeconfig: " + name + "-data is not base64", "check it with: kubectl config view")
                    .because(e);
        }
    }

    private static List<X509Certificate> certificates(byte[] pem, String name) {
        try {
            return Pem.certificates(pem);
        } catch (GeneralSecurityException e) {
            throw Trouble.refused(
                            "kubeconfig: " + name + " is not a certificate in PEM",
                            "check it with: kubectl config view")
                    .because(e);
        }
    }

    private static PrivateKey privateKey(byte[] pem) {
        try {
            return Pem.privateKey(pem);
        } catch (GeneralSecurityException e) {
            throw Trouble.refused(
                            "kubeconfig: client-key cannot be used: " + e.getMessage(),
                            "it must be an unencrypted RSA, EC or Ed25519 key in PEM")
                    .because(e);
        }
    }

    private static String text(Path path) {
        return new String(bytes(path), StandardCharsets.UTF_8).strip();
    }

    private static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw Trouble.refused("kubeconfig names a file that cannot be read: " + path, "check that it is there")
                    .because(e);
        }
    }

    /** What a credential plugin gave. */
    record Credential(@Nullable String token, byte @Nullable [] certificate, byte @Nullable [] key) {}
}
