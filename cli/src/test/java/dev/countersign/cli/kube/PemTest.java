package dev.countersign.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PemTest {
    /** Algorithm identifier of an RSA key in PKCS#8, after which the PKCS#1 key stands in an octet string. */
    private static final int PKCS1_AT = 26;

    private static final byte[] P256 = HexFormat.of().parseHex("06082a8648ce3d030107");

    @Test
    void readsRsaInBothForms() throws Exception {
        PrivateKey key = generate("RSA");
        byte[] pkcs1 = Arrays.copyOfRange(key.getEncoded(), PKCS1_AT, key.getEncoded().length);

        assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
        assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(key);
    }

    @Test
    void readsEcInBothForms() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();

        assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
        // As openssl writes it: the curve's parameters first, then the key.
        byte[] both = (new String(pem("EC PARAMETERS", P256), StandardCharsets.US_ASCII)
                        + new String(pem("EC PRIVATE KEY", sec1(key)), StandardCharsets.US_ASCII))
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(((ECPrivateKey) Pem.privateKey(both)).getS()).isEqualTo(key.getS());
    }

    @Test
    void readsEd25519() throws Exception {
        PrivateKey key = generate("Ed25519");

        assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> Pem.privateKey(pem("ENCRYPTED PRIVATE KEY", new byte[9])))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("the private key is encrypted");
        assertThatThrownBy(() -> Pem.privateKey("nothing".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("no private key in it");
        assertThatThrownBy(() -> Pem.privateKey(pem("EC PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1})))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("the EC private key does not say its curve");
        assertThatThrownBy(() -> Pem.privateKey(pem("EC PRIVATE KEY", new byte[] {0x30, 9, 2})))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("the private key is cut off");
    }

    private static PrivateKey generate(String algorithm) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    }

    /** RFC 5915: version 1, the number, the curve in [0]. */
    private static byte[] sec1(ECPrivateKey key) {
        byte[] number = new byte[32];
        byte[] significant = key.getS().toByteArray();
        int skipped = Math.max(0, significant.length - number.length);
        System.arraycopy(
                significant,
                skipped,
                number,
                number.length - (significant.length - skipped),
                significant.length - skipped);
        var contents = new ByteArrayOutputStream();
        contents.writeBytes(new byte[] {2, 1, 1, 4, 32});
        contents.writeBytes(number);
        contents.writeBytes(new byte[] {(byte) 0xa0, (byte) P256.length});
        contents.writeBytes(P256);
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(new byte[] {0x30, (byte) contents.size()});
        whole.writeBytes(contents.toByteArray());
        return whole.toByteArray();
    }

    private static byte[] pem(String kind, byte[] der) {
        return ("-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind
                        + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
