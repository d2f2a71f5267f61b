package dev.countersign.api;

/** Names of this API that appear in more than one kind. */
public final class ApiGroup {

    /** The API group of all kinds. */
    public static final String NAME = "countersign.dev";

    /** The version served and stored. */
    public static final String VERSION = "v1alpha1";

    /** {@code kubectl get countersign} lists all kinds. */
    public static final String CATEGORY = "countersign";

    private ApiGroup() {}
}
