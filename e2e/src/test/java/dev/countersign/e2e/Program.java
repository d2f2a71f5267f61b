package dev.countersign.e2e;

import dev.countersign.api.Language;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Template;

/** The same small programs in each of the three languages. */
enum Program {
    /** Everything at once: greets what it is given, everywhere it can, and ends with 3. */
    EVERYTHING("""
            import json, os, sys
            inputs = json.load(open(os.environ["COUNTERSIGN_INPUTS"]))
            line = sys.stdin.read()
            print("Grüß", inputs["name"], "日本語", "🙂", line)
            print("stderr äöü", file=sys.stderr)
            json.dump({"name": inputs["name"], "n": [1, 2.5, None, True]}, open(os.environ["COUNTERSIGN_RESULT"], "w"))
            os.makedirs("outputs/deep", exist_ok=True)
            open("outputs/deep/copy ä.txt", "w").write(open("files/data/in ä.txt").read())
            sys.exit(3)
            """, """
            const fs = require("fs");
            const inputs = JSON.parse(fs.readFileSync(process.env.COUNTERSIGN_INPUTS, "utf8"));
            const line = fs.readFileSync(0, "utf8");
            console.log("Grüß", inputs.name, "日本語", "🙂", line);
            console.error("stderr äöü");
            fs.writeFileSync(process.env.COUNTERSIGN_RESULT,
                JSON.stringify({name: inputs.name, n: [1, 2.5, null, true]}));
            fs.mkdirSync("outputs/deep", {recursive: true});
            fs.copyFileSync("files/data/in ä.txt", "outputs/deep/copy ä.txt");
            process.exit(3);
            """, """
            name=$(jq -r .name "$COUNTERSIGN_INPUTS")
            line=$(cat)
            echo "Grüß $name 日本語 🙂 $line"
            echo "stderr äöü" >&2
            jq -c '{name: .name, n: [1, 2.5, null, true]}' "$COUNTERSIGN_INPUTS" > "$COUNTERSIGN_RESULT"
            mkdir -p outputs/deep
            cp "files/data/in ä.txt" "outputs/deep/copy ä.txt"
            exit 3
            """),

    /** Ends with the exit code it is given. */
    EXIT("""
            import json, os, sys
            sys.exit(json.load(open(os.environ["COUNTERSIGN_INPUTS"]))["code"])
            """, """
            process.exit(JSON.parse(require("fs").readFileSync(process.env.COUNTERSIGN_INPUTS, "utf8")).code);
            """, """
            exit "$(jq .code "$COUNTERSIGN_INPUTS")"
            """),

    /** Ends itself with the signal it is given by number. */
    SIGNAL("""
            import json, os, sys
            os.kill(os.getpid(), json.load(open(os.environ["COUNTERSIGN_INPUTS"]))["number"])
            """, """
            process.kill(process.pid,
                JSON.parse(require("fs").readFileSync(process.env.COUNTERSIGN_INPUTS, "utf8")).number);
            setTimeout(() => {}, 10000);
            """, """
            kill -"$(jq .number "$COUNTERSIGN_INPUTS")" $$
            """),

    /** Does nothing. */
    NOTHING("pass\n", "\n", "\n"),

    /** Tells length and SHA-256 of the text in its inputs and of its standard input, in bytes of UTF-8. */
    MEASURE("""
            import hashlib, json, os, sys
            for data in [json.load(open(os.environ["COUNTERSIGN_INPUTS"]))["text"].encode(), sys.stdin.buffer.read()]:
                print(len(data), hashlib.sha256(data).hexdigest())
            """, """
            const fs = require("fs"), crypto = require("crypto");
            const text = JSON.parse(fs.readFileSync(process.env.COUNTERSIGN_INPUTS, "utf8")).text;
            for (const data of [Buffer.from(text), fs.readFileSync(0)]) {
              console.log(data.length, crypto.createHash("sha256").update(data).digest("hex"));
            }
            """, """
            jq -j .text "$COUNTERSIGN_INPUTS" > tmp/text
            cat > tmp/stdin
            for f in tmp/text tmp/stdin; do
              echo "$(wc -c < $f) $(sha256sum < $f | cut -d' ' -f1)"
            done
            """);

    private final String python;
    private final String javaScript;
    private final String bash;

    Program(String python, String javaScript, String bash) {
        this.python = python;
        this.javaScript = javaScript;
        this.bash = bash;
    }

    String in(Language language) {
        return switch (language) {
            case Python -> python;
            case JavaScript -> javaScript;
            case Bash -> bash;
        };
    }

    /** A template of it, approved, that takes any inputs. */
    Template approved(Department department, Language language) {
        return department.template(language, in(language)).anyInputs().approved();
    }
}
