package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.templateapproval.TemplateApproval;
import java.util.List;
import java.util.Optional;

/** Templates and their approvals as the watches have last shown them. */
public interface WatchedTemplates {
    /** The template as last seen. */
    Optional<CodeTemplate> template(Catalog.TemplateKey key);

    /** Approvals that name this template, as last seen. */
    List<TemplateApproval> approvals(Catalog.TemplateKey key);
}
