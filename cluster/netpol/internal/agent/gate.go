package agent

import (
	"context"
	"errors"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// gate lets a pod become known only when the policies of its namespace are known to be complete. Pods and
// policies come over separate watches, so a pod can be seen before a policy that is older than it. Letting such a
// pod in would leave it open for that long; until it is let in, all of its packets are dropped.
type gate struct {
	live     func(ctx context.Context, namespace string) (map[string]string, error)
	admitted map[identity]bool
}

// identity is a pod with its address: a pod whose address changes is let in anew.
type identity struct {
	uid     types.UID
	address string
}

func identityOf(pod *corev1.Pod) identity { return identity{pod.UID, pod.Status.PodIP} }

// admit gives those of the pods (all with an address) that are let in. seen are the policies' versions by namespace
// as the watch delivered them. The error tells why others were not; asking again later is right in every case.
func (g *gate) admit(
	ctx context.Context, pods []*corev1.Pod, seen map[string]map[string]string,
) ([]*corev1.Pod, error) {
	var in []*corev1.Pod
	var problems []error
	complete := map[string]bool{}
	still := map[identity]bool{}
	for _, pod := range pods {
		id := identityOf(pod)
		if !g.admitted[id] {
			verdict, asked := complete[pod.Namespace]
			if !asked {
				live, err := g.live(ctx, pod.Namespace)
				verdict = err == nil && maps.Equal(live, seen[pod.Namespace])
				complete[pod.Namespace] = verdict
				if err != nil {
					problems = append(problems, err)
				} else if !verdict {
					problems = append(problems, errors.New("the policies of "+pod.Namespace+" are not all seen yet"))
				}
			}
			if !verdict {
				continue
			}
		}
		still[id] = true
		in = append(in, pod)
	}
	g.admitted = still
	return in, errors.Join(problems...)
}
