package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster that {@code KUBECONFIG} names, seen through the eyes of its various users. One for the whole JVM. */
public final class Cluster {
    /** Long enough for the whole suite. */
    private static final long TOKEN_SECONDS = 7200;

    private static Cluster instance;

    private final Path kubeconfig;
    private final Config adminConfig;
    private final KubernetesClient admin;
    private final Map<String, KubernetesClient> others = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    private Cluster(Path kubeconfig) {
        this.kubeconfig = kubeconfig;
        adminConfig = Config.autoConfigure(null);
        // The client takes every client key for an RSA key unless it is told otherwise.
        adminConfig.setClientKeyAlgo(ClientKey.of(adminConfig).algorithm());
        admin = new KubernetesClientBuilder()
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withConfig(adminConfig)
                .build();
    }

    /**
     * The cluster.
     *
     * @throws AssertionError if there is none: tests that need a cluster fail without one
     */
    public static synchronized Cluster get() {
        if (instance == null) {
            String kubeconfig = System.getenv("KUBECONFIG");
            if (kubeconfig == null || kubeconfig.isBlank() || !Files.isReadable(Path.of(kubeconfig))) {
                throw new AssertionError("KUBECONFIG must name the one file of a cluster for these tests, and is "
                        + kubeconfig + ": cluster/cluster up; eval \"$(cluster/cluster env)\"; build/deploy");
            }
            instance = new Cluster(Path.of(kubeconfig));
        }
        return instance;
    }

    /** As the one whom {@code KUBECONFIG} belongs to. */
    public KubernetesClient admin() {
        return admin;
    }

    /** Their username, as the API server's authentication reports it. */
    public String adminUsername() {
        return admin.resource(new SelfSubjectReviewBuilder().build())
                .create()
                .getStatus()
                .getUserInfo()
                .getUsername();
    }

    /** As this user, by impersonation; the API server adds the groups that everybody is in. */
    public KubernetesClient as(String user, String... groups) {
        return others.computeIfAbsent(user + " " + String.join(" ", groups), key -> new KubernetesClientBuilder()
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withConfig(new ConfigBuilder(adminConfig)
                        .withClientKeyAlgo(adminConfig.getClientKeyAlgo())
                        .withImpersonateUsername(user)
                        .withImpersonateGroups(groups)
                        .build())
                .build());
    }

    /** As this ServiceAccount, with a token of its own and nothing else. It is made if it is not there. */
    public KubernetesClient asServiceAccount(String namespace, String name) {
        return others.computeIfAbsent(namespace + "/" + name, key -> new KubernetesClientBuilder()
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(adminConfig.getMasterUrl())
                        .withCaCertData(adminConfig.getCaCertData())
                        .withCaCertFile(adminConfig.getCaCertFile())
                        .withOauthToken(token(namespace, name))
                        .build())
                .build());
    }

    /** A token of this ServiceAccount. */
    public String token(String namespace, String name) {
        return tokens.computeIfAbsent(namespace + "/" + name, key -> {
            var account = new ServiceAccountBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(name)
                    .endMetadata()
                    .build();
            if (admin.resource(account).get() == null) {
                admin.resource(account).create();
            }
            return admin.serviceAccounts()
                    .inNamespace(namespace)
                    .withName(name)
                    .tokenRequest(new TokenRequestBuilder()
                            .withNewSpec()
                            .withExpirationSeconds(TOKEN_SECONDS)
                            .endSpec()
                            .build())
                    .getStatus()
                    .getToken();
        });
    }

    /** A kubeconfig with such a token and nothing else. */
    public String kubeconfigOf(String namespace, String serviceAccount) {
        return """
                apiVersion: v1
                kind: Config
                current-context: it
                contexts: [{name: it, context: {cluster: it, user: it}}]
                users: [{name: it, user: {token: %s}}]
                clusters: [{name: it, cluster: {server: "%s", certificate-authority-data: %s}}]
                """.formatted(token(namespace, serviceAccount), adminConfig.getMasterUrl(), authority());
    }

    /** {@code kubectl} as the admin. */
    public Kubectl kubectl() {
        return new Kubectl(kubeconfig);
    }

    private String authority() {
        if (adminConfig.getCaCertData() != null) {
            return adminConfig.getCaCertData();
        }
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(adminConfig.getCaCertFile())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
