package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Files that come with a run are data, whatever they are called: none of them ever becomes code that nobody approved. */
@ExtendWith(OnCluster.class)
class BroughtFilesE2E {
    private static final String PYTHON = "print('NOBODY APPROVED THIS')\n";
    private static final String JAVASCRIPT = "console.log('NOBODY APPROVED THIS');\n";
    private static final String BASH = "echo NOBODY APPROVED THIS\n";

    static final List<Arguments> BROUGHT = List.of(
            Arguments.argumentSet(
                    "Python's library",
                    Language.Python,
                    "import csv, json, os, sys, sitecustomize\nprint('approved')\n",
                    Map.of(
                            "csv.py",
                            PYTHON,
                            "json/__init__.py",
                            PYTHON,
                            "sitecustomize.py",
                            PYTHON,
                            "usercustomize.py",
                            PYTHON,
                            "main.py",
                            PYTHON,
                            "os.py",
                            PYTHON)),
            Arguments.argumentSet(
                    "Node's packages",
                    Language.JavaScript,
                    """
                    require("fs");
                    try { require("left-pad"); } catch (e) {}
                    import("left-pad").catch(() => {}).then(() => console.log("approved"));
                    """,
                    Map.of(
                            "package.json", "{\"type\": \"module\", \"imports\": {\"#x\": \"./x.js\"}}",
                            "node_modules/left-pad/index.js", JAVASCRIPT,
                            "node_modules/left-pad/package.json", "{\"name\": \"left-pad\"}",
                            "fs.js", JAVASCRIPT,
                            "main.js", JAVASCRIPT)),
            Arguments.argumentSet(
                    "Bash's sources and commands",
                    Language.Bash,
                    """
                    . lib.sh 2>/dev/null
                    jq --version >/dev/null
                    echo approved
                    """,
                    Map.of(
                            "lib.sh",
                            BASH,
                            "jq",
                            "#!/bin/bash\n" + BASH,
                            ".bashrc",
                            BASH,
                            ".profile",
                            BASH,
                            "main.sh",
                            BASH)));

    @ParameterizedTest
    @FieldSource("BROUGHT")
    void onlyApprovedCodeRuns(Language language, String code, Map<String, String> files, Department finance) {
        var request = finance.template(language, code).approved().request();
        files.forEach(request::file);

        var run = request.run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).isEqualTo("approved\n");
        assertThat(run.result().stderr()).doesNotContain("NOBODY");
    }
}
