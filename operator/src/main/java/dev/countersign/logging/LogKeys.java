package dev.countersign.logging;

/**
 * Keys of structured log fields, so that one thing has one name in every line. Log lines never hold code, inputs,
 * outputs, reasoning or keys: names, digests, reasons and numbers only.
 */
public final class LogKeys {

    public static final String NAMESPACE = "namespace";
    public static final String KIND = "kind";
    public static final String NAME = "name";
    public static final String UID = "uid";
    public static final String GENERATION = "generation";
    public static final String DEPARTMENT = "department";
    public static final String TEMPLATE = "template";
    public static final String APPROVAL = "approval";
    public static final String EXECUTION = "execution";
    public static final String ATTEMPT = "attempt";
    public static final String DIGEST = "digest";
    public static final String SANDBOX_NAMESPACE = "sandboxNamespace";
    public static final String POD = "pod";
    public static final String POD_UID = "podUid";
    public static final String NODE = "node";
    public static final String SHAPE = "shape";
    public static final String OUTCOME = "outcome";
    public static final String REASON = "reason";
    public static final String STATE = "state";
    public static final String EXIT_CODE = "exitCode";
    public static final String DURATION_MILLIS = "durationMillis";
    public static final String COUNT = "count";
    public static final String LOG_ID = "logId";
    public static final String SEQ = "seq";
    public static final String EPOCH = "epoch";
    public static final String FILE = "file";
    public static final String CONFIG = "config";
    public static final String PROBLEMS = "problems";
    public static final String PORT = "port";
    public static final String VERSION = "version";
    public static final String CHECK = "check";

    private LogKeys() {}
}
