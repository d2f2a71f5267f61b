package dev.countersign.guard;

import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The identity that sends forgeries: a service account that may create approvals but holds no authority to. Its tokens
 * are asked for as they are needed and live ten minutes.
 */
final class ProbeAccount implements AutoCloseable {

    private static final String NAME = "countersign-probe";
    private static final Duration LIFE = Duration.ofMinutes(10);
    /** A token is renewed this long before it ends. */
    private static final Duration REST = Duration.ofMinutes(3);

    private final KubernetesClient operator;
    private final String operatorNamespace;
    private final Clock clock;
    private final KubernetesClient client;

    private volatile @Nullable Token token;

    private record Token(String text, Instant useUntil) {}

    /**
     * @param operator asks for the tokens
     * @param timeout of one request
     */
    ProbeAccount(KubernetesClient operator, String operatorNamespace, Duration timeout, Clock clock) {
        this.operator = operator;
        this.operatorNamespace = operatorNamespace;
        this.clock = clock;
        this.client = new KubernetesClientBuilder()
                .withConfig(config(operator.getConfiguration(), timeout))
                .withHttpClientFactory(new VertxHttpClientFactory())
                .build();
    }

    String username() {
        return "system:serviceaccount:" + operatorNamespace + ":" + NAME;
    }

    /** Acts as the probe and as nobody else. */
    KubernetesClient client() {
        return client;
    }

    /** Sees to it that the client has a token; throws as the API server refuses one. */
    void renew() {
        Token held = token;
        Instant now = clock.instant();
        if (held != null && now.isBefore(held.useUntil)) {
            return;
        }
        var request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(LIFE.toSeconds())
                .endSpec()
                .build();
        String text = operator.serviceAccounts()
                .inNamespace(operatorNamespace)
                .withName(NAME)
                .tokenRequest(request)
                .getStatus()
                .getToken();
        token = new Token(text, now.plus(LIFE).minus(REST));
    }

    /** The token was refused: the next {@link #renew} asks for another. */
    void discard() {
        token = null;
    }

    /** Only how to reach the API server is the operator's; its credentials must not come along. */
    private Config config(Config own, Duration timeout) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(own.getMasterUrl())
                .withCaCertFile(own.getCaCertFile())
                .withCaCertData(own.getCaCertData())
                .withTrustCerts(own.isTrustCerts())
                .withHttpsProxy(own.getHttpsProxy())
                .withNoProxy(own.getNoProxy())
                .withRequestTimeout((int) timeout.toMillis())
                .withConnectionTimeout((int) timeout.toMillis())
                .withRequestRetryBackoffLimit(0)
                .withOauthTokenProvider(() -> {
                    Token held = token;
                    return held == null ? "" : held.text;
                })
                .build();
    }

    @Override
    public void close() {
        client.close();
    }
}
