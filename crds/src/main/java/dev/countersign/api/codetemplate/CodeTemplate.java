package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import dev.countersign.api.ApiGroup;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * Code that agents may run once a person has approved it. See {@link CodeTemplateSpec} and {@link CodeTemplateStatus}.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("ctpl")
@Categories(ApiGroup.CATEGORY)
@JsonClassDescription("Code that agents may run once a person has approved it, by the digest of what it does.")
@AdditionalPrinterColumn(name = "Language", jsonPath = ".spec.language")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(name = "Approved", jsonPath = ".status.conditions[?(@.type=='Approved')].status")
@AdditionalPrinterColumn(name = "Approver", jsonPath = ".status.approval.approvedBy.username")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Digest", jsonPath = ".status.digest", priority = 1)
// As text: kubectl shows a date to come as "<invalid>".
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".status.approval.expiresAt", priority = 1)
public final class CodeTemplate extends CustomResource<CodeTemplateSpec, CodeTemplateStatus> implements Namespaced {}
