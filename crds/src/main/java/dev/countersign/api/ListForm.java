package dev.countersign.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one form that lists have in this API: never null, never changeable. */
public final class ListForm {

    private ListForm() {}

    /**
     * The list as it stands, unchangeable, or the empty list when the field was absent. Informers hand the same object
     * to every reader, so nobody may change what another one reads.
     *
     * @throws NullPointerException when an element is null, which the schemas exclude
     */
    public static <T> List<T> of(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
