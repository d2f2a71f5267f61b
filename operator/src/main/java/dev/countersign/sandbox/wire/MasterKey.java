package dev.countersign.sandbox.wire;

/** A secret of the installation from which every run's key is derived. Its text never shows the key. */
public final class MasterKey {
    private final String keyId;
    private final byte[] key;

    /**
     * Copies the key.
     *
     * @param keyId names the key in the audit log; public
     * @param key 32 bytes
     * @throws IllegalArgumentException for an empty id or a key of another length
     */
    public MasterKey(String keyId, byte[] key) {
        if (keyId.isBlank()) {
            throw new IllegalArgumentException("a master key needs an id");
        }
        if (key.length != Protocol.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "master key " + keyId + " has " + key.length + " bytes, not " + Protocol.KEY_BYTES);
        }
        this.keyId = keyId;
        this.key = key.clone();
    }

    /** The key's public name. */
    public String keyId() {
        return keyId;
    }

    /** The key itself, for derivation in this package. */
    byte[] shared() {
        return key;
    }

    @Override
    public String toString() {
        return "MasterKey[" + keyId + "]";
    }
}
