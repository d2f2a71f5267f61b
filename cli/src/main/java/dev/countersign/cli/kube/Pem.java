package dev.countersign.cli.kube;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM, the algorithm of a key read from the key itself. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** Object identifiers as they stand in a PKCS#8 key (RFC 8017, RFC 5480, RFC 8410). */
    private static final Map<String, String> ALGORITHMS = Map.of(
            "06092a864886f70d010101", "RSA",
            "06072a8648ce3d0201", "EC",
            "06032b6570", "Ed25519");

    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private Pem() {}

    static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /** A key in PKCS#8, PKCS#1 (RSA) or SEC 1 (EC). */
    static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.US_ASCII));
        while (block.find()) {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            switch (block.group(1)) {
                case "PRIVATE KEY":
                    return pkcs8(der);
                case "RSA PRIVATE KEY":
                    return pkcs8(wrapped(RSA, der));
                case "EC PRIVATE KEY":
                    return pkcs8(wrapped(sequence(EC, curveOf(der)), der));
                case "ENCRYPTED PRIVATE KEY":
                    throw new GeneralSecurityException("the private key is encrypted");
                default:
                // Parameters of the curve or a certificate may stand before the key.
            }
        }
        throw new GeneralSecurityException("no private key in it");
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        String start = HexFormat.of().formatHex(der, 0, Math.min(der.length, 40));
        for (Map.Entry<String, String> each : ALGORITHMS.entrySet()) {
            if (start.contains(each.getKey())) {
                return KeyFactory.getInstance(each.getValue()).generatePrivate(new PKCS8EncodedKeySpec(der));
            }
        }
        throw new GeneralSecurityException("the private key is neither RSA nor EC nor Ed25519");
    }

    /** The curve's identifier of a SEC 1 key: the contents of its element [0]. */
    private static byte[] curveOf(byte[] sec1) throws GeneralSecurityException {
        int at = skipHeader(sec1, 0);
        while (at < sec1.length) {
            int contents = skipHeader(sec1, at);
            int end = contents + lengthAt(sec1, at);
            if ((sec1[at] & 0xff) == 0xa0) {
                return Arrays.copyOfRange(sec1, contents, end);
            }
            at = end;
        }
        throw new GeneralSecurityException("the EC private key does not say its curve");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return sequence(new byte[] {2, 1, 0}, algorithm, element(4, key));
    }

    private static byte[] sequence(byte[]... parts) {
        var contents = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            contents.writeBytes(part);
        }
        return element(0x30, contents.toByteArray());
    }

    private static byte[] element(int tag, byte[] contents) {
        var element = new ByteArrayOutputStream();
        element.write(tag);
        if (contents.length < 0x80) {
            element.write(contents.length);
        } else {
            element.write(0x82);
            element.write(contents.length >> 8);
            element.write(contents.length);
        }
        element.writeBytes(contents);
        return element.toByteArray();
    }

    private static int skipHeader(byte[] der, int at) throws GeneralSecurityException {
        int first = byteAt(der, at + 1);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int lengthAt(byte[] der, int at) throws GeneralSecurityException {
        int first = byteAt(der, at + 1);
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | byteAt(der, at + 2 + i);
        }
        if (length < 0 || length > der.length) {
            throw new GeneralSecurityException("the private key is cut off");
        }
        return length;
    }

    private static int byteAt(byte[] der, int at) throws GeneralSecurityException {
        if (at >= der.length) {
            throw new GeneralSecurityException("the private key is cut off");
        }
        return der[at] & 0xff;
    }
}
