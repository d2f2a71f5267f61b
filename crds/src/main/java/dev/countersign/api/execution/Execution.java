package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import dev.countersign.api.ApiGroup;
import dev.countersign.api.schema.SelectableFields;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One run of an approved CodeTemplate. See {@link ExecutionSpec} and {@link ExecutionStatus}.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("exn")
@Categories(ApiGroup.CATEGORY)
@JsonClassDescription("One run of an approved CodeTemplate, its result and its audit record.")
@AdditionalPrinterColumn(name = "Template", jsonPath = ".spec.templateRef.name")
@AdditionalPrinterColumn(name = "Succeeded", jsonPath = ".status.conditions[?(@.type=='Succeeded')].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type=='Succeeded')].reason")
@AdditionalPrinterColumn(
        name = "Exit",
        jsonPath = ".status.result.exitCode",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Requester", jsonPath = ".spec.requestedBy.username", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@SelectableFields({".spec.templateRef.name", ".spec.requestedBy.username"})
public final class Execution extends CustomResource<ExecutionSpec, ExecutionStatus> implements Namespaced {

    /** Holds the object until the run has ended and is on record. Only the operator may remove it. */
    public static final String FINALIZER = "countersign.dev/execution";
}
