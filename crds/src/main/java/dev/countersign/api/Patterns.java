package dev.countersign.api;

/** Regular expressions of the schemas, in the syntax that Go's RE2 and Java share. */
public final class Patterns {

    /** A digest as this API writes it: algorithm and lower-case hex. */
    public static final String SHA256_DIGEST = "^sha256:[a-f0-9]{64}$";

    /** The name of an object: a DNS-1123 subdomain, as Kubernetes demands it. */
    public static final String OBJECT_NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /** A whole positive number of bytes, Ki, Mi or Gi. No fractions, no exponents, no decimal units: one form only. */
    public static final String BYTE_QUANTITY = "^[1-9][0-9]{0,12}(Ki|Mi|Gi)?$";

    /** An image by digest; a tag beside the digest is allowed and means nothing. */
    public static final String IMAGE_BY_DIGEST = "^[a-z0-9][a-zA-Z0-9._:/-]*@sha256:[a-f0-9]{64}$";

    /** Standard base64 with padding, without line breaks. */
    public static final String BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

    /** A UID as Kubernetes writes it. */
    public static final String UID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

    /** One CamelCase word. */
    public static final String CAMEL_CASE = "^[A-Z][A-Za-z0-9]*$";

    private Patterns() {}
}
