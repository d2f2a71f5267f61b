{{/*
Whether the mutating policies are rendered: "true" or "false". A plain `on` or `off` in a values file is a boolean to
YAML, so both spellings are taken.
*/}}
{{- define "countersign.mutates" -}}
{{- $mutating := toString .Values.admission.mutating -}}
{{- if eq $mutating "auto" -}}
{{- .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy" -}}
{{- else -}}
{{- has $mutating (list "on" "true") -}}
{{- end -}}
{{- end }}

{{/* Enforce or Off. A plain `Off` in a values file is `false` to YAML. */}}
{{- define "countersign.guardMode" -}}
{{- eq (toString .Values.guard.mode) "false" | ternary "Off" .Values.guard.mode -}}
{{- end }}

{{/* Names of the policies and bindings of one kind, as a YAML list. Takes (dict "root" $ "kind" "Validating..."). */}}
{{- define "countersign.policyNames" -}}
{{- $names := list -}}
{{- range $path, $_ := .root.Files.Glob "files/admission/*.yaml" -}}
{{- $policy := $.root.Files.Get $path | fromYaml -}}
{{- if eq $policy.kind $.kind -}}
{{- $names = append $names $policy.metadata.name -}}
{{- end -}}
{{- end -}}
{{ $names | sortAlpha | toJson }}
{{- end }}
