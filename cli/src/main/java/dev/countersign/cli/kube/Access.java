package dev.countersign.cli.kube;

import java.net.URI;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the API server, and as whom.
 *
 * @param namespace the context's, or the one that was asked for
 * @param trusted certificates to trust; null: those of the platform
 * @param insecure the kubeconfig says not to check the server's certificate
 * @param serverName the name to expect in the server's certificate; null: the host's
 * @param headers authentication and impersonation
 * @param certificate the client's chain; empty: none
 */
record Access(
        URI server,
        String namespace,
        @Nullable List<X509Certificate> trusted,
        boolean insecure,
        @Nullable String serverName,
        @Nullable URI proxy,
        Map<String, List<String>> headers,
        List<X509Certificate> certificate,
        @Nullable PrivateKey key) {}
