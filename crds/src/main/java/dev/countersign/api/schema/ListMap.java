package dev.countersign.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The list is a map: no two elements share the values of these fields (x-kubernetes-list-type map). */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface ListMap {

    /** Names of the fields that are the key. */
    String[] value();
}
