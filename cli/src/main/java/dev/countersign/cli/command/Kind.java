package dev.countersign.cli.command;

import dev.countersign.api.ApiGroup;

/** The kinds and where the API server has them. */
enum Kind {
    CODE_TEMPLATE("CodeTemplate", "codetemplates"),
    TEMPLATE_APPROVAL("TemplateApproval", "templateapprovals"),
    EXECUTION("Execution", "executions"),
    EXECUTION_APPROVAL("ExecutionApproval", "executionapprovals");

    static final String GROUP_PATH = "/apis/" + ApiGroup.NAME + "/" + ApiGroup.VERSION;

    private final String title;
    private final String plural;

    Kind(String title, String plural) {
        this.title = title;
        this.plural = plural;
    }

    String title() {
        return title;
    }

    String plural() {
        return plural;
    }

    /** The path of all of them in a namespace. */
    String in(String namespace) {
        return GROUP_PATH + "/namespaces/" + namespace + "/" + plural;
    }
}
