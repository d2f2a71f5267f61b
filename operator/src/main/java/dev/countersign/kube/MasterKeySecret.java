package dev.countersign.kube;

import dev.countersign.sandbox.wire.MasterKey;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The Secret that holds the master keys: {@code current} names the key in use, every other entry is a key under its
 * id. The chart creates it empty; the first operator fills it.
 */
public final class MasterKeySecret {
    private static final String CURRENT = "current";
    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 4;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final SecureRandom random;

    public MasterKeySecret(KubernetesClient client, String namespace, String name, SecureRandom random) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.random = random;
    }

    /**
     * The keys, made now if the Secret is still empty.
     *
     * @throws IllegalStateException the Secret is missing or damaged; the message says what to do
     */
    public MasterKeys load() {
        Secret secret = read();
        return data(secret).containsKey(CURRENT) ? parse(secret) : fill(secret);
    }

    private Secret read() {
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret == null) {
            throw new IllegalStateException("Secret " + namespace + "/" + name
                    + " is missing: the chart creates it empty;" + " re-install the chart, or create it: kubectl -n "
                    + namespace + " create secret generic " + name);
        }
        return secret;
    }

    private MasterKeys fill(Secret empty) {
        String id = "k" + HexFormat.of().formatHex(bytes(ID_BYTES));
        Map<String, String> data = new HashMap<>(data(empty));
        data.put(CURRENT, base64(id.getBytes(StandardCharsets.UTF_8)));
        data.put(id, base64(bytes(KEY_BYTES)));
        try {
            // The resourceVersion makes this a compare-and-set: of two first starts, one wins and both read its key.
            return parse(client.resource(new SecretBuilder(empty).withData(data).build())
                    .update());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return parse(read());
            }
            throw e;
        }
    }

    private MasterKeys parse(Secret secret) {
        Map<String, MasterKey> keys = new HashMap<>();
        data(secret).forEach((id, value) -> {
            if (!id.equals(CURRENT)) {
                keys.put(id, new MasterKey(id, Base64.getDecoder().decode(value)));
            }
        });
        String current =
                new String(Base64.getDecoder().decode(data(secret).getOrDefault(CURRENT, "")), StandardCharsets.UTF_8);
        if (!keys.containsKey(current)) {
            throw new IllegalStateException("Secret " + namespace + "/" + name + " names the current key \"" + current
                    + "\" but does not hold it: restore the Secret from backup, or empty it to have a new key made (runs that"
                    + " were under way cannot be settled then)");
        }
        return new MasterKeys(current, keys);
    }

    private static Map<String, String> data(Secret secret) {
        return secret.getData() == null ? Map.of() : secret.getData();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
