package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The private key of a kubeconfig, as far as one must know it to use it. */
record ClientKey(String pem) {
    static ClientKey of(Config config) {
        try {
            if (config.getClientKeyData() != null) {
                return new ClientKey(
                        new String(Base64.getDecoder().decode(config.getClientKeyData()), StandardCharsets.US_ASCII));
            }
            return new ClientKey(
                    config.getClientKeyFile() == null ? "" : Files.readString(Path.of(config.getClientKeyFile())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code EC} or {@code RSA}, as the client and Java call them. */
    String algorithm() {
        return pem.contains("BEGIN EC PRIVATE KEY") || pem.contains("BEGIN PRIVATE KEY") && isEllipticCurve()
                ? "EC"
                : "RSA";
    }

    private boolean isEllipticCurve() {
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try {
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
