package dev.countersign.api;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The JSON form of every record of this API.
 *
 * <p>Absent fields are left out, because with server-side apply a written null is a claim on the field. Unknown fields
 * are ignored on reading, because during an upgrade the CRDs are newer than the operator for a while, and one object
 * with a new field must not stop an informer of all objects. This is safe for approvals: a digest is taken over a
 * versioned list of fields, so a field that would change behaviour comes with a new digest version, which an older
 * operator does not accept.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@JacksonAnnotationsInside
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public @interface ApiType {}
