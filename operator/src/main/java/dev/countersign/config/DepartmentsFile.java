package dev.countersign.config;

import dev.countersign.logging.LogKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The departments' file, read again whenever its content changes. A version that cannot be used changes nothing: the
 * last valid one stays, and {@link #problem} says so.
 *
 * <p>The content is compared at intervals rather than watched for: a mounted ConfigMap changes by the swap of a
 * symbolic link in the volume's root, above the directory the file seems to be in, which a watch of that directory
 * never sees; and the file is small.
 */
public final class DepartmentsFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DepartmentsFile.class);

    private final Path path;
    private final String operatorNamespace;
    private final Listener listener;
    private final Thread thread;

    private volatile Departments current;
    private volatile @Nullable String problem;
    /** What was last looked at, usable or not, null if it could not be read. The thread's own after the start. */
    private @Nullable String lastSeen;

    /** Told by the file's own thread, one call at a time. */
    public interface Listener {

        /** A new version is in effect. */
        void changed(Departments departments);

        /** A new version was refused. Told once for each, not at every look. */
        void refused(List<ConfigProblem> problems);
    }

    private DepartmentsFile(
            Path path, String operatorNamespace, Duration interval, Listener listener, String text, Departments first) {
        this.path = path;
        this.operatorNamespace = operatorNamespace;
        this.listener = listener;
        this.lastSeen = text;
        this.current = first;
        this.thread = Thread.ofPlatform().name("departments-file").daemon().unstarted(() -> look(interval));
    }

    /**
     * Reads the file and begins to watch it.
     *
     * @param interval time between two looks
     * @throws InvalidConfigException if the first version cannot be used
     */
    public static DepartmentsFile open(Path path, String operatorNamespace, Duration interval, Listener listener) {
        try {
            String text = ConfigFile.read(path);
            Departments first = DepartmentsReader.parse(path.toString(), text, operatorNamespace);
            DepartmentsFile file = new DepartmentsFile(path, operatorNamespace, interval, listener, text, first);
            file.thread.start();
            return file;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Reads the file once.
     *
     * @throws InvalidConfigException if it cannot be used
     */
    public static Departments read(Path path, String operatorNamespace) {
        try {
            return DepartmentsReader.parse(path.toString(), ConfigFile.read(path), operatorNamespace);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static InvalidConfigException unreadable(Path path, IOException e) {
        return new InvalidConfigException(List.of(new ConfigProblem(path.toString(), 0, "", ConfigFile.reason(e))));
    }

    /** The last valid version. */
    public Departments current() {
        return current;
    }

    /** Why the file as it is now is not in effect; empty if it is. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void look(Duration interval) {
        while (true) {
            try {
                Thread.sleep(interval);
            } catch (InterruptedException e) {
                return;
            }
            try {
                String text = ConfigFile.read(path);
                if (!text.equals(lastSeen)) {
                    lastSeen = text;
                    take(DepartmentsReader.parse(path.toString(), text, operatorNamespace));
                }
            } catch (IOException e) {
                refuse(List.of(new ConfigProblem(path.toString(), 0, "", ConfigFile.reason(e))));
                lastSeen = null;
            } catch (InvalidConfigException e) {
                refuse(e.problems());
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("a change of the departments could not be handled");
            }
        }
    }

    private void take(Departments departments) {
        boolean news = !departments.equals(current);
        current = departments;
        problem = null;
        LOG.atInfo().addKeyValue(LogKeys.COUNT, departments.all().size()).log("departments file is in effect");
        if (news) {
            listener.changed(departments);
        }
    }

    private void refuse(List<ConfigProblem> problems) {
        String message = new InvalidConfigException(problems).getMessage();
        if (Objects.equals(message, problem)) {
            return;
        }
        problem = message;
        LOG.atError()
                .addKeyValue(LogKeys.PROBLEMS, problem)
                .log("departments file cannot be used, the last valid version stays in effect");
        listener.refused(problems);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
