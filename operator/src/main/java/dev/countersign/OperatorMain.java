package dev.countersign;

import dev.countersign.config.InvalidConfigException;
import dev.countersign.config.OperatorConfig;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's process: configuration, start, and an orderly end.
 *
 * <p>With the argument {@code uninstall} it is the process that ends an installation: {@link UninstallMain}.
 */
public final class OperatorMain {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

    /** Exit codes: 2 for a configuration that cannot be used, 1 for everything else that ends the process. */
    private static final int BAD_CONFIG = 2;

    private OperatorMain() {}

    public static void main(String[] args) {
        try {
            if (args.length == 1 && args[0].equals("uninstall")) {
                System.exit(UninstallMain.run(System.getenv()) ? 0 : 1);
            }
            run(OperatorConfig.load(System.getenv()));
        } catch (InvalidConfigException e) {
            // Every problem is in the message, with its place: for the person who wrote the file, not for a stack
            // trace.
            LOG.error("{}", e.getMessage());
            System.exit(BAD_CONFIG);
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("the operator cannot go on", e);
            System.exit(1);
        }
    }

    private static void run(OperatorConfig config) throws InterruptedException {
        LOG.atInfo().addKeyValue("config", config.toString()).log("starting");
        var ended = new CountDownLatch(1);
        var process = new OperatorProcess(config);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            process.close();
                            ended.countDown();
                        },
                        "shutdown"));
        process.start();
        ended.await();
    }
}
