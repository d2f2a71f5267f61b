package dev.countersign.kube;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a status: all of it is the operator's, so it is replaced whole, and nothing beside it is touched.
 *
 * <p>By a JSON patch, not by server-side apply: the outcome is the same, and the API server spends less time on it (it
 * need not work out who owns which field of a status that has one owner). The patch needs no resourceVersion, so nothing
 * is read before and nothing conflicts.
 */
public final class StatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final PatchContext WHOLE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON)
            .withFieldManager("countersign-operator")
            .build();
    private static final int UNPROCESSABLE = 422;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** What became of a write. */
    public enum Written {
        DONE,
        /** The object, or this incarnation of it, is gone: nobody is left to tell. */
        GONE,
        /** The API server will not take this status, however often it is tried. */
        REFUSED
    }

    private final KubernetesClient client;

    public StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Writes {@code status} whole: what it leaves out is removed. The UID is a precondition: a re-created object of the
     * same name must not get its predecessor's status.
     *
     * @param blank an empty object of the kind
     * @throws KubernetesClientException the API server did not answer, or not now
     */
    public <S, R extends CustomResource<?, S>> Written apply(R blank, ObjectMeta of, S status) {
        String patch = Serialization.asJson(List.of(
                Map.of("op", "test", "path", "/metadata/uid", "value", of.getUid()),
                Map.of("op", "add", "path", "/status", "value", status)));
        var object = client.resources(blank.getClass())
                .inNamespace(of.getNamespace())
                .withName(of.getName());
        try {
            object.subresource("status").patch(WHOLE, patch);
            return Written.DONE;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_NOT_FOUND -> Written.GONE;
                // What the test of the UID gives as well, where the object is another by now.
                case UNPROCESSABLE -> isAnother(object.get(), of) ? Written.GONE : refused(of, e);
                case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_ENTITY_TOO_LARGE -> refused(of, e);
                default -> throw e;
            };
        }
    }

    private static Written refused(ObjectMeta of, KubernetesClientException why) {
        LOG.atError()
                .addKeyValue("object", of.getNamespace() + "/" + of.getName())
                .setCause(why)
                .log("status refused");
        return Written.REFUSED;
    }

    private static boolean isAnother(@Nullable HasMetadata now, ObjectMeta of) {
        return now == null || !now.getMetadata().getUid().equals(of.getUid());
    }

    /** Writes, and while the API server does not answer, tries again for ever: an outcome must not be lost. */
    public Written write(Execution execution, ExecutionStatus status) throws InterruptedException {
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                return apply(new Execution(), execution.getMetadata(), status);
            } catch (KubernetesClientException e) {
                LOG.atWarn()
                        .addKeyValue("object", execution.getMetadata().getName())
                        .setCause(e)
                        .log("status not written yet");
            }
            Thread.sleep(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
}
