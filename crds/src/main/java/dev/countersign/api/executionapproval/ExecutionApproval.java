package dev.countersign.api.executionapproval;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import dev.countersign.api.ApiGroup;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A person's decision about one run of a supervised template. It has the name of its Execution. See
 * {@link ExecutionApprovalSpec}.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("eapp")
@Categories(ApiGroup.CATEGORY)
@JsonClassDescription("A person's decision about one run of a supervised template.")
@ValidationRule(
        value = "self.metadata.name == self.spec.executionRef.name",
        message = "metadata.name must be spec.executionRef.name: one decision about a run")
@AdditionalPrinterColumn(name = "Execution", jsonPath = ".spec.executionRef.name")
@AdditionalPrinterColumn(name = "Decision", jsonPath = ".spec.decision")
@AdditionalPrinterColumn(name = "Approver", jsonPath = ".spec.approvedBy.username")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class ExecutionApproval extends CustomResource<ExecutionApprovalSpec, ExecutionApprovalStatus>
        implements Namespaced {}
