package dev.countersign.cli.kube;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the caller chose on the command line, as kubectl's flags of the same names; null or empty: as the kubeconfig
 * says.
 *
 * @param interactive somebody sits at the terminal, whom a credential plugin may ask
 */
public record Choice(
        @Nullable String kubeconfig,
        @Nullable String context,
        @Nullable String namespace,
        @Nullable String as,
        List<String> asGroups,
        @Nullable String asUid,
        boolean interactive) {}
