package dev.countersign.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The values the API server fills into absent limits here. Elsewhere an absent limit stays absent. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface DefaultLimits {

    int cpuTimeSeconds();

    int wallTimeSeconds();

    String memory();

    String output();

    String disk();

    int processes();
}
