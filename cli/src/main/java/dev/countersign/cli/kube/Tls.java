package dev.countersign.cli.kube;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS as the kubeconfig wants it: whom to trust, under which name, and what to show of ourselves. */
final class Tls {
    private static final int DNS = 2;
    private static final int IP = 7;

    private Tls() {}

    static SSLContext context(Access access) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(access), trust(access), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw Trouble.refused("kubeconfig: TLS cannot be set up: " + e.getMessage(), "check the certificates in it")
                    .because(e);
        }
    }

    private static KeyManager @Nullable [] keys(Access access) {
        PrivateKey key = access.key();
        return key == null ? null : new KeyManager[] {new OneKey(access.certificate(), key)};
    }

    private static TrustManager @Nullable [] trust(Access access) throws GeneralSecurityException, IOException {
        if (access.insecure()) {
            return new TrustManager[] {new Anybody()};
        }
        X509ExtendedTrustManager trusting = trusting(access.trusted());
        String name = access.serverName();
        return new TrustManager[] {name == null ? trusting : new UnderName(trusting, name)};
    }

    private static X509ExtendedTrustManager trusting(@Nullable List<X509Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (certificates != null) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate each : certificates) {
                store.setCertificateEntry("ca-" + store.size(), each);
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    /** The one client certificate there is, without a key store: those encrypt, which takes longer than a request. */
    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "client";

        private final X509Certificate[] chain;
        private final PrivateKey key;

        OneKey(List<X509Certificate> chain, PrivateKey key) {
            this.chain = chain.toArray(X509Certificate[]::new);
            this.key = key;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            // Asked once for each kind of signature that the server takes.
            for (String each : keyTypes) {
                if (each.equals(key.getAlgorithm())
                        || each.equals("EdDSA") && key.getAlgorithm().startsWith("Ed")) {
                    return ALIAS;
                }
            }
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /** {@code insecure-skip-tls-verify}. */
    private static final class Anybody extends ServerTrust {
        @Override
        void check(X509Certificate[] chain, String authType) {
            // The kubeconfig says so.
        }
    }

    /** {@code tls-server-name}: the certificate must be good, and for this name rather than for the host's. */
    private static final class UnderName extends ServerTrust {
        private final X509ExtendedTrustManager trusting;
        private final String name;

        UnderName(X509ExtendedTrustManager trusting, String name) {
            this.trusting = trusting;
            this.name = name;
        }

        @Override
        void check(X509Certificate[] chain, String authType) throws CertificateException {
            trusting.checkServerTrusted(chain, authType);
            var names = chain[0].getSubjectAlternativeNames();
            for (List<?> each : names == null ? List.<List<?>>of() : names) {
                int kind = (Integer) each.get(0);
                if ((kind == DNS || kind == IP) && fits(String.valueOf(each.get(1)))) {
                    return;
                }
            }
            throw new CertificateException("the certificate is not for " + name);
        }

        private boolean fits(String pattern) {
            if (pattern.startsWith("*.")) {
                int dot = name.indexOf('.');
                return dot > 0 && name.substring(dot).equalsIgnoreCase(pattern.substring(1));
            }
            return pattern.equalsIgnoreCase(name);
        }
    }

    private abstract static class ServerTrust extends X509ExtendedTrustManager {
        abstract void check(X509Certificate[] chain, String authType) throws CertificateException;

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
