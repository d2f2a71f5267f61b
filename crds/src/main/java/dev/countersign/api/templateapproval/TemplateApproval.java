package dev.countersign.api.templateapproval;

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
 * A person's decision about one CodeTemplate, bound to its digest. See {@link TemplateApprovalSpec}.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("tapp")
@Categories(ApiGroup.CATEGORY)
@JsonClassDescription("A person's decision about one CodeTemplate, bound to the digest of what it does.")
@AdditionalPrinterColumn(name = "Template", jsonPath = ".spec.grant.templateRef.name")
@AdditionalPrinterColumn(name = "Decision", jsonPath = ".spec.grant.decision")
@AdditionalPrinterColumn(name = "Approver", jsonPath = ".spec.grant.approvedBy.username")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type=='Ready')].reason")
// As text: kubectl shows a date to come as "<invalid>".
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".status.expiresAt")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@SelectableFields(".spec.grant.templateRef.name")
public final class TemplateApproval extends CustomResource<TemplateApprovalSpec, TemplateApprovalStatus>
        implements Namespaced {}
