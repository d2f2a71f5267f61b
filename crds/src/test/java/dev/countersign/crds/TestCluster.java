package dev.countersign.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The cluster that {@code KUBECONFIG} names. */
final class TestCluster {

    private TestCluster() {}

    /**
     * A client of the cluster.
     *
     * @throws AssertionError when {@code KUBECONFIG} is not set: tests that need a cluster fail without one
     */
    static KubernetesClient connect() {
        assertThat(System.getenv("KUBECONFIG"))
                .as("KUBECONFIG must name a cluster for these tests, such as the one of cluster/cluster up; then"
                        + " eval \"$(cluster/cluster env)\"")
                .isNotBlank();
        Config config = Config.autoConfigure(null);
        // The client takes every client key for an RSA key unless told otherwise; many clusters hand out EC keys.
        if (hasEllipticCurveKey(config)) {
            config.setClientKeyAlgo("EC");
        }
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static boolean hasEllipticCurveKey(Config config) {
        String pem = clientKey(config);
        if (pem.contains("BEGIN EC PRIVATE KEY")) {
            return true;
        }
        if (!pem.contains("BEGIN PRIVATE KEY")) {
            return false;
        }
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try {
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String clientKey(Config config) {
        try {
            if (config.getClientKeyData() != null) {
                return new String(Base64.getDecoder().decode(config.getClientKeyData()), StandardCharsets.US_ASCII);
            }
            return config.getClientKeyFile() == null ? "" : Files.readString(Path.of(config.getClientKeyFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
