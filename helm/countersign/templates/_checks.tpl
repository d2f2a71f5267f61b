{{/*
Rules over several values, which the JSON schema cannot say. Rendered once, from operator/config.yaml; each message
names the keys to change.
*/}}
{{- define "countersign.checks" -}}
{{- include "countersign.checkDepartments" . -}}
{{- include "countersign.checkReplicas" . -}}
{{- include "countersign.checkTimes" . -}}
{{- end }}

{{/* A namespace has one role: two departments in one, or people and sandboxes in one, would share rights. */}}
{{- define "countersign.checkDepartments" -}}
{{- $names := dict -}}
{{- $taken := dict .Release.Namespace "the operator's own namespace" -}}
{{- range $index, $d := (include "countersign.departments" . | fromYaml).departments -}}
{{- if hasKey $names $d.name -}}
{{- fail (printf "departments[%d].name: department %q is listed twice" $index $d.name) -}}
{{- end -}}
{{- $_ := set $names $d.name true -}}
{{- range $key := list "namespace" "sandboxNamespace" -}}
{{- $namespace := get $d $key -}}
{{- if hasKey $taken $namespace -}}
{{- fail (printf "departments[%d].%s: %q is already %s" $index $key $namespace (get $taken $namespace)) -}}
{{- end -}}
{{- $_ := set $taken $namespace (printf "the %s of department %q" $key $d.name) -}}
{{- end -}}
{{- range $list := list "agents" "authors" "auditors" -}}
{{- range get $d $list -}}
{{- if and (eq .name "countersign-operator") (eq (.namespace | default $d.namespace) $.Release.Namespace) -}}
{{- fail (printf "departments[%d].%s: the operator's own account holds no role in a department" $index $list) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "countersign.checkReplicas" -}}
{{- if gt (int .Values.replicaCount) 1 -}}
{{- if not .Values.leaderElection.enabled -}}
{{- fail "leaderElection.enabled: must be true when replicaCount is above 1" -}}
{{- end -}}
{{- with .Values.audit.persistence -}}
{{- if and (eq .accessMode "ReadWriteOncePod") (not .existingClaim) -}}
{{- fail "audit.persistence.accessMode: ReadWriteOncePod is for one pod, but replicaCount is above 1" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "countersign.checkTimes" -}}
{{- with .Values.leaderElection -}}
{{- if le (int .leaseDurationSeconds) (int .renewDeadlineSeconds) -}}
{{- fail "leaderElection.renewDeadlineSeconds: must be below leaseDurationSeconds" -}}
{{- end -}}
{{- if le (int .renewDeadlineSeconds) (int .retryPeriodSeconds) -}}
{{- fail "leaderElection.retryPeriodSeconds: must be below renewDeadlineSeconds" -}}
{{- end -}}
{{- end -}}
{{- if lt (int .Values.terminationGracePeriodSeconds) (add 10 (int .Values.execution.terminationGraceSeconds) | int) -}}
{{- fail "terminationGracePeriodSeconds: must be at least execution.terminationGraceSeconds + 10" -}}
{{- end -}}
{{- end }}
