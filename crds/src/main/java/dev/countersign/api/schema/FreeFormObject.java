package dev.countersign.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The field is a JSON object whose content this API does not describe. Nothing inside it can be bounded by the
 * schema, so whoever reads it measures it first.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface FreeFormObject {}
